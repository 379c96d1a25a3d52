import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import manifest from '../../package.json' with { type: 'json' };

/** The npm scripts that are programs of this project; the others run other projects' tools. */
const scripts = Object.entries(manifest.scripts).flatMap(([name, script]) => {
  const [node, ...args] = script.split(' ');
  return node === 'node' ? [{ name, args }] : [];
});

const withExitCodes: readonly string[] = ['doctor', 'dlq', 'events', 'deploy', 'remove'];

/** Those that stop at a wrong command line; `build` hands everything to the SAM CLI. */
const strict = scripts.filter(({ name }) => name !== 'build');

interface Ended {
  readonly exitCode: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** The npm packages that were loaded. */
  readonly packages: readonly string[];
}

const run = (args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const hook = join(root, 'test/cli/loaded-packages.ts');
    execFile(
      process.execPath,
      ['--import', hook, ...args],
      { cwd: root },
      (error, stdout, stderr) => {
        const lines = stderr.trimEnd().split('\n');
        const packages = lines.pop()?.split(' ') ?? [];
        resolve({ exitCode: error?.code ?? 0, stdout, stderr: lines.join('\n'), packages });
      },
    );
  });

/** An example's command and options: `npm run dlq -- park --max 5` → `park`, `--max`. */
function parseExample(line: string) {
  const words = line.slice(line.indexOf(' -- ')).split(' ').slice(2);
  const command = words.slice(0, 1).filter((word) => /^[a-z][a-z-]+$/.test(word));
  return { command, options: words.filter((word) => /^--[a-z]/.test(word)) };
}

/** Every option of an example is in the help of its command. */
async function checkExamples(name: string, args: readonly string[], help: string): Promise<void> {
  const examples = help.split('\n').filter((line) => line.includes(`npm run ${name} -- `));
  for (const [command, own] of Map.groupBy(examples.map(parseExample), (one) => one.command[0])) {
    const shown = command === undefined ? help : (await run([...args, command, '--help'])).stdout;
    for (const option of own.flatMap(({ options }) => options)) expect(shown).toContain(option);
  }
}

describe.concurrent('npm run', () => {
  it.each(scripts)(
    '$name shows its help, with examples that it understands, and loads no more than that needs',
    async ({ name, args }) => {
      const { exitCode, packages, stderr, stdout: help } = await run([...args, '--help']);
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(help).toMatch(new RegExp(`^Usage: npm run ${name} -- `));
      expect(help).not.toMatch(/default: (?:false|\[\]|\{\})/);
      expect(help).toContain(`Examples:\n  npm ${name === 'test' ? '' : 'run '}${name}`);
      if (withExitCodes.includes(name)) expect(help).toMatch(/^Exit codes: 0 .*, 1 /m);
      expect(packages).toContain('commander');
      for (const loaded of packages)
        expect(loaded).not.toMatch(
          /^(@aws-sdk|@smithy|zod|yaml|listr2|execa|cli-table3|wrap-ansi)/,
        );
      await checkExamples(name, args, help);
    },
  );

  it.each(strict)(
    '$name refuses an unknown option with one JSON document',
    async ({ name, args }) => {
      const { exitCode, stdout, stderr } = await run([...args, '--bogus', '--json']);
      expect(exitCode).toBeGreaterThan(0);
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toEqual({
        command: name,
        ok: false,
        result: null,
        error: { message: "unknown option '--bogus'" },
      });
    },
  );
});
