import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import manifest from '../../package.json' with { type: 'json' };

const run = promisify(execFile);

/** The commands that people run with options; what each begins with is in package.json. */
const commands = [
  'webhooks',
  'salesforce',
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
  it.each(commands)(
    'of %s says how it is called, and has no default that says nothing',
    async (command) => {
      const help = await helpOf(command);
      expect(help).toMatch(new RegExp(`^Usage: npm run ${command} -- `));
      expect(help).not.toMatch(/default: (?:false|\[\]|\{\})/);
    },
  );

  it.each(['doctor', 'dlq'] as const)('of %s says what it ends with', async (command) =>
    expect(await helpOf(command)).toMatch(/^Exit codes: 0 .*, 1 /m),
  );
});
