import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import { modules } from './modules.ts';
import { type Explanation, problemsOf, toPage } from './page.ts';
import { type ModuleResult, type Survivor, toFileResult } from './results.ts';
import survivors from './survivors.json' with { type: 'json' };

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const survivor: Survivor = {
  file: 'functions/a.ts',
  line: 3,
  mutator: 'EqualityOperator',
  original: 'a < 1',
  replacement: 'a <= 1',
};
const explanation: Explanation = {
  file: 'functions/a.ts',
  mutator: 'EqualityOperator',
  original: 'a < 1',
  why: 'a is never 1',
};
const result = (killed: number, alive: readonly Survivor[]): ModuleResult => ({
  name: 'a module',
  files: [{ file: 'functions/a.ts', killed, mutants: killed + alive.length, survivors: alive }],
});

describe('a mutation run', () => {
  it('is good when enough was killed and the rest is explained', () =>
    expect(problemsOf([result(9, [survivor])], [explanation])).toEqual([]));

  it('is none below the goal, whatever is explained', () =>
    expect(problemsOf([result(8, [survivor])], [explanation])).toEqual([
      'a module: 88.8 % killed, not 90',
    ]));

  it.each([
    ['another file', { file: 'functions/b.ts' }],
    ['another mutator', { mutator: 'Regex' }],
    ['another text', { original: 'a < 2' }],
    ['another replacement', { replacement: 'a > 1' }],
  ])('takes an explanation of %s for none', (_what, change) =>
    expect(problemsOf([result(9, [survivor])], [{ ...explanation, ...change }])).toEqual([
      'not explained: functions/a.ts:3 EqualityOperator: a < 1 → a <= 1',
      expect.stringMatching(/^explains no survivor any more: /),
    ]),
  );

  it('is a page with its scores and survivors', () => {
    const page = toPage([result(9, [survivor])], [explanation], new Date('2026-11-25'));
    expect(page).toContain('last on 2026-11-25');
    expect(page).toContain('| a module | 90.0 | 10 | 1 |');
    expect(page).toContain('| a.ts:3 | `a < 1` | `a <= 1` | a is never 1 |');
  });
});

describe('a report', () => {
  it('counts what ran, and quotes the place of what survived', () => {
    const at = (line: number, column: number, endLine: number, endColumn: number) => ({
      start: { line, column },
      end: { line: endLine, column: endColumn },
    });
    const mutant = (status: string, location = at(1, 1, 1, 2)) => ({
      mutatorName: 'M',
      replacement: 'x',
      status,
      location,
    });
    const mutants = [
      ...['Killed', 'Timeout', 'RuntimeError', 'CompileError', 'Ignored'].map((one) => mutant(one)),
      mutant('Survived', at(2, 3, 2, 5)),
      mutant('NoCoverage', at(1, 3, 2, 2)),
    ];
    const { survivors: alive, ...counts } = toFileResult('f', { source: 'abcd\nefghij', mutants });
    expect(counts).toEqual({ file: 'f', killed: 2, mutants: 4 });
    expect(alive.map(({ line, original }) => [line, original])).toEqual([
      [2, 'gh'],
      [1, 'cd\ne'],
    ]);
  });
});

describe('the explanations of survivors', () => {
  it.each(survivors.map(({ file, original }) => [file, original] as const))(
    'in %s quote what stands there: %s',
    (file, original) => expect(read(file)).toContain(original),
  );

  it('are of files that are mutated, and each of these is there and on the page', () => {
    const files = modules.flatMap((module) => module.files);
    expect(survivors.map(({ file }) => file).filter((file) => !files.includes(file))).toEqual([]);
    const page = read('docs/mutation.md');
    for (const file of files) {
      expect(read(file)).not.toBe('');
      expect(page).toContain(`| \`${file}\` |`);
    }
  });
});
