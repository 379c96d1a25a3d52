import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import manifest from '../../package.json' with { type: 'json' };

const run = promisify(execFile);

/** The npm scripts with options. */
const commands = [
  'demo',
  'deploy',
  'remove',
  'webhooks',
  'salesforce',
  'mappings',
  'destination',
  'doctor',
  'dlq',
  'events',
  'receiver',
  'bench',
  'soak',
  'start',
  'local:up',
  'local:down',
  'build',
] as const;

const withExitCodes: readonly string[] = ['doctor', 'dlq', 'events', 'deploy', 'remove'];

async function helpOf(command: (typeof commands)[number]): Promise<string> {
  const [node, ...args] = manifest.scripts[command].split(' ');
  expect(node).toBe('node');
  const { stdout } = await run(process.execPath, [...args, '--help'], { cwd: root });
  return stdout;
}

describe('--help', () => {
  it.each(commands)(
    'of %s shows the usage, no meaningless default, and the exit codes where they tell more than success',
    async (command) => {
      const help = await helpOf(command);
      expect(help).toMatch(new RegExp(`^Usage: npm run ${command} -- `));
      expect(help).not.toMatch(/default: (?:false|\[\]|\{\})/);
      if (withExitCodes.includes(command)) expect(help).toMatch(/^Exit codes: 0 .*, 1 /m);
    },
  );
});
