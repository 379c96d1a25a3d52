import { expect, it, vi } from 'vitest';
import { main as deploy } from '../../cli/deploy/program.ts';
import { main as destination } from '../../cli/destination/program.ts';
import { main as dlq } from '../../cli/dlq/program.ts';
import { main as doctor } from '../../cli/doctor/program.ts';
import { UsageError } from '../../cli/errors.ts';
import { main as events } from '../../cli/events/program.ts';
import { main as mappings } from '../../cli/mappings/program.ts';
import { main as remove } from '../../cli/remove/program.ts';
import { main as salesforce } from '../../cli/salesforce/program.ts';
import { main as webhooks } from '../../cli/webhooks/program.ts';

type Dependencies = Parameters<typeof events>[1] &
  Parameters<typeof salesforce>[1] &
  Parameters<typeof mappings>[1];

type Main = (args: readonly string[], dependencies: Dependencies) => Promise<number>;

const fail = async (): Promise<never> => {
  throw new UsageError('There are no credentials.', { remedy: 'Log in.' });
};

const mains: Readonly<Record<string, Main>> = {
  deploy: (args, terminal) => deploy(args, terminal, fail),
  destination,
  dlq,
  doctor,
  events,
  mappings,
  remove: (args, terminal) => remove(args, terminal, fail),
  salesforce,
  webhooks,
};

/** Runs a command line where nothing is that the command needs. */
async function run(script: string, args: readonly string[]) {
  const printed: string[] = [];
  const logged: string[] = [];
  vi.stubEnv('GITHUB_TOKEN', '');
  const exitCode = await mains[script]?.(args, {
    print: (text) => printed.push(text),
    log: (text) => logged.push(text),
    showProgress: () => undefined,
    prompt: undefined,
    createClients: fail,
    send: fail,
    readInput: fail,
    runSf: fail,
    root: '/nowhere',
    stopSignal: new AbortController().signal,
    sleep: () => Promise.resolve(),
  });
  vi.unstubAllEnvs();
  return { exitCode, printed, logged };
}

/** Every command with `--json`, and what else it takes to run. `events watch` prints other documents, while it runs. */
const commands: readonly (readonly [command: string, ...args: string[]])[] = [
  ['deploy', '--yes'],
  ['destination deploy', 'slack', '--secret', 's'],
  ['destination remove', 'slack'],
  ['destination secret', 's', '--file', 'package.json'],
  ['destination send', 'events/bus-order-placed.json'],
  ['dlq drop', '--filter', 'id=x', '--reason', 'r', '--yes'],
  ['dlq park', '--yes'],
  ['dlq preview'],
  ['dlq redrive', '--yes'],
  ['dlq show', 'x'],
  ['dlq status'],
  ['dlq unpark', '--filter', 'id=x', '--yes'],
  ['doctor'],
  ['events send bus', 'events/bus-order-placed.json'],
  ['events send file', 'events/apicall-bare-request.json'],
  ['events send github', 'issues.opened'],
  ['events send twilio', 'sms'],
  ['events show', 'x'],
  ['events watch'],
  ['mappings check'],
  ['mappings list'],
  ['mappings new', 'a', '--from', 'none.json'],
  ['mappings test'],
  ['mappings try', 'a', '--event', 'none.json'],
  ['remove', '--yes'],
  ['salesforce check'],
  ['salesforce event-id-field', 'Case'],
  ['salesforce keys', '--folder', 'package.json'],
  ['salesforce pause'],
  ['salesforce resume'],
  ['salesforce secret'],
  ['webhooks deliveries', 'github', '--repo', 'a/b'],
  ['webhooks redeliver', 'github', '--repo', 'a/b'],
];

it.each(commands)(
  '%s prints one JSON document, which says what failed',
  async (command, ...args) => {
    const [script = '', ...words] = command.split(' ');
    const { exitCode, printed } = await run(script, [...words, ...args, '--json']);
    expect(printed).toHaveLength(1);
    const { ok, result, error, ...others } = JSON.parse(printed.join(''));
    expect(others).toEqual({ command });
    expect([ok, exitCode === 70]).toEqual([exitCode === 0, false]);
    expect(result).toBeDefined();
    if (exitCode !== 0 && result === null) expect(error.message).toMatch(/\.$/);
  },
);

/** The commands below one, by its help; itself if it has none. */
async function leavesOf(command: string): Promise<string[]> {
  const [script = '', ...words] = command.split(' ');
  const help = (await run(script, [...words, '--help'])).printed.join('\n');
  const [, list = ''] = help.split(/^Commands:$/m);
  const names = [...(list.split(/\n\n/)[0]?.matchAll(/^ {2}([a-z][a-z-]*)/gm) ?? [])].map(
    ([, name]) => name,
  );
  const below = names
    .filter((name) => name !== 'help')
    .map((name) => leavesOf(`${command} ${name}`));
  if (below.length > 0) return (await Promise.all(below)).flat();
  return help.includes('--json') ? [command] : [];
}

it('these are all commands that have the option', async () => {
  const leaves = (await Promise.all(Object.keys(mains).map(leavesOf))).flat();
  expect(commands.map(([command]) => command)).toEqual(leaves.toSorted());
});
