import { execFileSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { root } from '../../../local/stack/paths.ts';

/** What a program prints that runs two steps, of which the second fails. */
function printed(prepare: string): string[] {
  const program = `${prepare}
    const { runSteps } = await import('./local/stack/steps.ts');
    await runSteps([
      { title: 'first', task: (_, task) => { task.title = 'first: done'; } },
      { title: 'second', task: () => { throw new Error('why'); } },
    ]).catch((error) => console.log('caught ' + error.message));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return stripVTControlCharacters(output)
    .replaceAll(/ \[[\d.]+s\]/g, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

const LINES = ['✔ first: done', '✖ second', 'caught why'];

describe('runSteps', () => {
  it('prints each step once when the output is no terminal', () =>
    expect(printed('')).toEqual(LINES));

  it('prints a line for each step on a terminal of 0 columns', () =>
    expect(printed('process.stdout.isTTY = true; process.stdout.columns = 0;')).toEqual(LINES));
});
