import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unmet } from '../../../checks/figures/limits.ts';
import { measure } from '../../../checks/figures/measure.ts';
import { toText } from '../../../checks/figures/report.ts';
import { median, roomOf, roomsOf } from '../../../checks/figures/rooms.ts';
import { root } from '../../../local/stack/paths.ts';

const linesOf = (count: number): string => '// a line\n'.repeat(count);

/** What is over the limits in files of these texts. */
function problemsOf(texts: Readonly<Record<string, string>>): string[] {
  const files = Object.entries(texts).map(([file, text]) => measure(file, text));
  return unmet(roomsOf(files), roomOf('all', files));
}

describe('a file', () => {
  const source = [
    'const first = (text: string) => text.length;',
    'export function second(): number {',
    '  return [1].map((one) => one + 1).length;',
    '}',
    'class Third {',
    '  method(): void {}',
    '  field = () => 1;',
    '}',
    'const object = { member() {}, other: function () {}, short: () => 2 };',
    "describe.each([1])('a group', () => {",
    "  it('a case', () => {",
    '    expect(1).toBe(1);',
    '  });',
    '});',
    '',
  ].join('\n');

  it('has functions with names and callbacks with statements', () => {
    const { lines, functions } = measure('a.ts', source);
    expect(lines).toBe(14);
    expect(functions).toEqual([
      { name: 'first', line: 1, lines: 1 },
      { name: 'second', line: 2, lines: 3 },
      { name: 'method', line: 6, lines: 1 },
      { name: 'field', line: 7, lines: 1 },
      { name: 'member', line: 9, lines: 1 },
      { name: 'other', line: 9, lines: 1 },
      { name: 'short', line: 9, lines: 1 },
      { name: '', line: 11, lines: 3 },
    ]);
  });

  it('goes around the checker where it says so in code, not where a text does', () => {
    const escapes = [
      'export let one: any;',
      "export const two = one!.a as string, three = <number>one, four = ['as any!'] as const;",
      '// biome-ignore lint/style/useConst: to be found',
      '// an any, as in prose!',
      '// @ts-expect-error',
    ].join('\n');
    expect(measure('a.ts', escapes)).toMatchObject({
      any: [1],
      nonNull: [2],
      casts: [2, 2],
      suppressions: [3, 5],
    });
  });

  it('that is no TypeScript is named', () => {
    expect(() => measure('functions/broken.ts', 'const = 1')).toThrow(/^functions\/broken\.ts /);
  });
});

describe('the median', () => {
  it('has as many values below it as above', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const middle = median(values);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });

  it('of none is 0, and of two between them', () => {
    expect([median([]), median([4, 1])]).toEqual([0, 2.5]);
  });
});

describe('the limits', () => {
  it('are met by short files', () => {
    expect(problemsOf({ 'functions/common/a.ts': linesOf(80) })).toEqual([]);
  });

  it('name the room whose files are long in the median, and all of them', () => {
    expect(problemsOf({ 'cli/a.ts': linesOf(81) })).toEqual([
      'cli/: files have 81 lines in the median, 80 at most',
      'all: files have 81 lines in the median, 80 at most',
    ]);
  });

  it('name a file that is far too long, but for tests', () => {
    const empty = { 'cli/a.ts': '', 'cli/b.ts': '', 'cli/d.ts': '' };
    const short = { ...empty, 'test/a.ts': linesOf(251) };
    expect(problemsOf(short)).toEqual([]);
    expect(problemsOf({ ...short, 'cli/c.ts': linesOf(251) })).toEqual([
      'cli/: cli/c.ts has 251 lines, 250 at most: split it',
    ]);
  });

  it('name long functions, any and !, in tests too', () => {
    const long = `function long(a: any) {\n${linesOf(11)}return a!;\n}\n`;
    expect(problemsOf({ 'test/a.ts': long, 'functions/b/c.ts': '', 'd.ts': '' })).toEqual([
      'test/: functions have 14 lines in the median, 12 at most',
      'test/: any: test/a.ts:1. Take unknown, and narrow it by a parse function',
      'test/: non-null assertion (!): test/a.ts:13. Handle what is missing',
    ]);
  });

  it('are told below the figures', () => {
    const rooms = [roomOf('all', [measure('a.ts', 'export const a = 1 as number;\n')])];
    expect(toText(rooms, [])).toMatch(/as: a\.ts:1\nsuppressed: none\nLimits: .*\nAll are met\.$/);
    expect(toText(rooms, ['cli/: bad'])).toMatch(/Not met:\ncli\/: bad$/);
  });
});

describe('npm run figures', () => {
  it('says that this project meets them', () => {
    const index = join(root, 'checks/figures/index.ts');
    const said = execFileSync(process.execPath, [index], { encoding: 'utf8' });
    expect(said).toMatch(/functions\/salesforce-apicall\/ .*\n/);
    expect(said.trimEnd()).toMatch(/All are met\.$/);
  });
});
