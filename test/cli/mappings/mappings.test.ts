import { readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readMappings } from '../../../build/mappings/read.ts';
import { runExamples } from '../../../cli/mappings/examples.ts';
import { root as project } from '../../../local/stack/paths.ts';
import { useMappings } from './harness.ts';

describe("the project's mappings", () => {
  it('have no errors, no warnings, and examples that hold', async () => {
    const files = await readMappings(project);
    expect(files.flatMap(({ problems, warnings }) => [...problems, ...warnings])).toEqual([]);
    expect(files.filter(({ examples }) => examples.length === 0)).toEqual([]);
    const results = await runExamples(project, files);
    expect(results.filter(({ difference }) => difference !== undefined)).toEqual([]);
    expect(results.length).toBeGreaterThanOrEqual(10);
  });
});

describe('npm run mappings', () => {
  const { json, path, run } = useMappings();
  const write = (name: string, text: string) => writeFile(path('mappings', name), text);
  const event = (name: string) => ['--event', path('events', `${name}.json`)];

  it('lists mappings, and those with errors as such', async () => {
    await write('broken.yaml', 'description: x\n');
    const { exitCode, text } = await run('list');
    expect(exitCode).toBe(0);
    expect(text).toContain('twilio.com twilio-webhook-lambda');
    expect(text).toMatch(/broken .*has errors/);
    await rm(path('mappings/broken.yaml'));
    expect(await json('list')).toMatchObject({
      command: 'mappings list',
      ok: true,
      result: [{ name: 'twilio-sms-to-contact', mapping: { steps: [{}, {}] } }],
    });
  });

  it('reports errors and warnings with their places', async () => {
    await write(
      'bugs.yaml',
      'description: x\non: {source: [a], detail-type: [b]}\nsteps: [{create: Case, fields: {Subject: 007}}]\n',
    );
    await write(
      'Wrong_Name.yaml',
      await readFile(path('mappings/twilio-sms-to-contact.yaml'), 'utf8'),
    );
    const { exitCode, text } = await run('check');
    expect(exitCode).toBe(1);
    expect(text).toContain('mappings/bugs.yaml:3:42: steps[0].fields.Subject: YAML reads 007');
    expect(text).toContain('mappings/Wrong_Name.yaml:1:1: has a name with other characters');
    expect(text).toContain('2 errors in mappings/.');
    await rm(path('mappings/Wrong_Name.yaml'));
    await write(
      'bugs.yaml',
      `description: x
on: {source: [a], detail-type: [b]}
steps: [{create: Case, fields: {Subject: '{% detail.titel %}'}}]
examples: [{name: one, event: events/bus-order-placed.json, matches: false}]
`,
    );
    expect(await json('check')).toMatchObject({
      exitCode: 0,
      command: 'mappings check',
      ok: true,
      result: {
        problems: [],
        warnings: [expect.stringContaining("no example's event has detail.titel")],
      },
    });
    await write(
      'typo.yaml',
      `description: x
on: {source: [com.example.shop], detail-type: [Order Placed]}
steps: [{create: Case, fields: {Subject: '{% detail.titel %}'}}]
examples: [{name: one, event: events/bus-order-placed.json, sends: [{create: Case, fields: {}}]}]
`,
    );
    const tried = await run('try', 'typo', ...event('bus-order-placed'));
    expect(tried.text).toMatch(/no example's event has detail\.titel .*\(warning\)/);
    await rm(path('mappings/typo.yaml'));
    await write(
      'bugs.yaml',
      `description: x
on: {source: [a], detail-type: [b]}
steps: [{create: Case, fields: {}}]
examples: [{name: one, event: events/none.json, matches: false}]
`,
    );
    expect((await run('check')).text).toContain("events/none.json can't be read (ENOENT)");
    await rm(path('mappings/bugs.yaml'));
  });

  const failing = (expectation: string) => `description: x
on: {source: [twilio.com], detail-type: [twilio-webhook-lambda]}
steps:
- find: Contact
  as: sender
  where: {Phone: '{% detail.From %}'}
- update: Contact
  as: contact
  id: '{% $sender.Id %}'
  fields: {Description: '{% detail.Body %}'}
  fit: {Description: 6}
- call: {action: POST, resource: composite, payload: {of: '{% $contact.Id & "!" %}'}}
examples:
- {name: one, event: events/bus-twilio-message-received.json, ${expectation}}
`;
  const ID = '003000000000001AAA';

  it.each([
    [
      `found: {sender: {Id: ${ID}}}, sends: [{update: Contact, id: ${ID}, fields: {Description: Is the}}, {call: {action: POST, resource: composite, payload: {of: '$contact!'}}}]`,
      0,
      'ok   failing: one',
    ],
    ['found: {sender: null}, fails: guard the step with when', 0, 'ok   failing: one'],
    [
      'found: {sender: null}, fails: something else',
      1,
      'it should fail with "something else", but it fails: failing, contact, id',
    ],
    ['found: {sender: null}, sends: []', 1, 'has no value: guard the step with when:'],
    ['sends: []', 1, 'found: says nothing about sender'],
    ['matches: false', 1, 'the event matches, and should not'],
    [`found: {sender: {Id: ${ID}}}, sends: []`, 1, 'it should send'],
    [
      `found: {sender: [{Id: ${ID}}, {Id: ${ID}}]}, fails: several Contact records match`,
      0,
      'ok   failing: one',
    ],
  ])('runs an example that expects %s', async (expectation, exitCode, text) => {
    await write('failing.yaml', failing(expectation));
    const result = await run('test', 'failing');
    expect(result).toEqual({ exitCode, text: expect.stringContaining(text) });
    await rm(path('mappings/failing.yaml'));
  });

  it('shows what an event would send, with the records that are given', async () => {
    const found = path('found.json');
    await writeFile(found, JSON.stringify({ sender: { Id: ID, Name: 'Jane' } }));
    const args = ['try', 'twilio-sms-to-contact', ...event('bus-twilio-message-received')];
    expect(await json(...args, '--found', found)).toMatchObject({
      exitCode: 0,
      ok: true,
      result: {
        kind: 'ran',
        unanswered: [],
        sends: [{ create: 'Task', fields: { Subject: 'SMS from Jane', WhoId: ID } }],
      },
    });
    expect((await run(...args)).text).toContain(
      'Found nothing for sender: pass records with --found',
    );
    const other = await run('try', 'twilio-sms-to-contact', ...event('bus-order-placed'));
    expect(other).toMatchObject({ exitCode: 1, text: expect.stringContaining('does not match') });
  });

  it('writes a start from an event, which runs at once and is never overwritten', async () => {
    const from = path('events/bus-order-placed.json');
    expect((await run('new', 'orders', '--from', from)).exitCode).toBe(0);
    const text = await readFile(path('mappings/orders.yaml'), 'utf8');
    expect(text).toContain('#   detail.customer.lastName');
    expect(text).toContain('source: ["com.example.shop"]');
    expect(await run('test', 'orders')).toMatchObject({ exitCode: 0 });
    expect(await run('new', 'orders', '--from', from)).toMatchObject({
      exitCode: 2,
      text: expect.stringContaining('is there already'),
    });
    await rm(path('mappings/orders.yaml'));
  });

  it.each([
    [['try', 'twilio-sms-to-contct', '--event', 'x'], 'did you mean twilio-sms-to-contact?'],
    [['try', 'twilio-sms-to-contact', '--event', 'none.json'], 'none.json cannot be read (ENOENT)'],
    [['try', 'twilio-sms-to-contact', '--event', 'package.json'], 'package.json is not an event'],
    [['try', 'twilio-sms-to-contact', '--event', 'LICENSE'], 'LICENSE is not JSON'],
    [['new', 'Bad Name', '--from', 'x'], "A mapping's name has a-z, 0-9 and -"],
  ])('refuses %j', async (args, message) => {
    const { exitCode, text } = await run(...args);
    expect(exitCode).toBe(2);
    expect(text).toContain(message);
  });
});
