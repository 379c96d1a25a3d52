import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';

const start = (behaviour: string, env: Readonly<Record<string, string>> = {}) =>
  execa(process.execPath, ['test/cli/entry-program.ts', behaviour], {
    cwd: root,
    env: { DEBUG: '', ...env },
    reject: false,
  });

describe.concurrent('an entry point', () => {
  it('ends with the exit code of its program', async () => {
    expect(await start('nothing')).toMatchObject({ exitCode: 3, stdout: '', stderr: '' });
  });

  it.each([
    ['bug', 'TypeError: x is not a function.'],
    ['bug elsewhere', 'TypeError: nobody waits.'],
  ])(
    'says of an error that nobody expected what it is, without a stack: %s',
    async (name, text) => {
      expect(await start(name)).toMatchObject({
        exitCode: 70,
        stderr: `${text} This is a bug: run the command again with DEBUG=1 for the stack.`,
      });
    },
  );

  it('shows the stack with DEBUG', async () => {
    expect((await start('bug', { DEBUG: '1' })).stderr).toMatch(
      /\n\s+at .*bug .*entry-program\.ts/,
    );
  });

  it('says that a package is missing', async () => {
    const { exitCode, stderr } = await start('missing package');
    expect([exitCode, stderr]).toEqual([2, 'The package no-such-package is missing. Run npm ci.']);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends with a sentence on %s', async (signal, exitCode) => {
    const process = start('wait');
    process.stdout.once('data', () => process.kill(signal));
    const { stderr, ...ended } = await process;
    expect([ended.exitCode, stderr]).toEqual([exitCode, 'Interrupted. Run it again.']);
  });

  it('ends quietly when its reader has read enough', async () => {
    const process = start('long output');
    process.stdout.once('data', () => process.stdout.destroy());
    expect((await process).stderr).toBe('');
  });
});
