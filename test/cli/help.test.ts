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
  'receiver',
  'bench',
  'soak',
  'start',
  'local:up',
  'local:down',
  'build',
] as const;

async function helpOf(command: (typeof commands)[number]): Promise<string> {
  const [node, ...args] = manifest.scripts[command].split(' ');
  expect(node).toBe('node');
  const { stdout } = await run(process.execPath, [...args, '--help'], { cwd: root });
  return stdout;
}

describe('--help', () => {
  it.each(commands)('of %s shows the usage, and no meaningless default', async (command) => {
    const help = await helpOf(command);
    expect(help).toMatch(new RegExp(`^Usage: npm run ${command} -- `));
    expect(help).not.toMatch(/default: (?:false|\[\]|\{\})/);
  });

  it.each(['doctor', 'dlq', 'deploy', 'remove'] as const)(
    'of %s lists the exit codes',
    async (command) => expect(await helpOf(command)).toMatch(/^Exit codes: 0 .*, 1 /m),
  );
});
