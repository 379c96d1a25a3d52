import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useMappings } from './harness.ts';

const before = (expectations: readonly [string, string, string]) => `# What this is for.
description: 'x'   # spaces stay
on: {source: [twilio.com], detail-type: [twilio-webhook-lambda]}
steps:
- find: Contact
  as: sender
  where: {Phone: "{% detail.From %}"}
- create: Task

  fields: {Subject: '{% $sender ? "Call" : $error("nobody") %}', WhoId: '{% $sender.Id %}'}
examples:
# The first.
- name: block
  event: events/bus-twilio-message-received.json
  found: {sender: {Id: 003000000000001AAA}}
  ${expectations[0]}

# The second.
- {name: flow, event: events/bus-twilio-message-received.json, ${expectations[1]}, found: {sender: null}} # why
- name: other
  ${expectations[2]}
  event: events/bus-order-placed.json
# The end.
`;

const stale = before([
  `sends:
    - create: Task
      fields: {Subject: Old} # a comment in it
    - create: Task
      fields:
        Subject: Older`,
  'sends: []',
  'fails: "something: else"',
]);

const fresh = before([
  `sends:
    - create: Task
      fields:
        Subject: Call
        WhoId: 003000000000001AAA`,
  'fails: "calls, create-Task, fields.Subject: nobody"',
  'matches: false',
]);

describe('npm run mappings -- test --update', () => {
  const { path, run } = useMappings();
  const file = () => path('mappings/calls.yaml');

  beforeEach(async () => {
    vi.stubEnv('CI', '');
    await writeFile(file(), stale);
  });
  afterEach(() => vi.unstubAllEnvs());

  it('writes what the mapping does, and nothing else of the file', async () => {
    expect((await run('test')).text).toContain('mappings -- test --update');
    const { exitCode, text } = await run('test', 'calls', '--update');
    expect(text).toMatch(/updated calls: block\nupdated calls: flow\nupdated calls: other\n/);
    expect(await readFile(file(), 'utf8')).toBe(fresh);
    expect(exitCode).toBe(0);
    expect((await run('test', '--update')).text).not.toContain('updated');
    expect(await readFile(file(), 'utf8')).toBe(fresh);
  });

  it('is refused in a CI system', async () => {
    vi.stubEnv('CI', 'true');
    const { exitCode, text } = await run('test', '--update');
    expect([exitCode, text]).toEqual([2, expect.stringContaining('--update is refused where CI')]);
    expect(await readFile(file(), 'utf8')).toBe(stale);
  });

  it('leaves an example alone that does not say what its find finds', async () => {
    const unsaid = stale.replace('  found: {sender: {Id: 003000000000001AAA}}\n', '');
    await writeFile(file(), unsaid);
    const { exitCode, text } = await run('test', 'calls', '--update');
    expect([exitCode, text]).toEqual([1, expect.stringContaining('says nothing about sender')]);
    expect(await readFile(file(), 'utf8')).toContain('Subject: Older');
  });

  it.each(['list', 'check', 'test'])('%s takes names, also those of files', async (command) => {
    await writeFile(file(), fresh);
    const { exitCode, text } = await run(command, 'calls', 'mappings/calls.yaml');
    expect(exitCode).toBe(0);
    expect(text).not.toContain('twilio-sms');
    expect(text).toMatch(/calls|^1 mapping checked/);
    expect(await run(command, 'cals')).toMatchObject({
      exitCode: 2,
      text: expect.stringContaining('did you mean calls?'),
    });
  });
});
