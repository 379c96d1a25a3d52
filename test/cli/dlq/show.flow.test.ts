import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import type { DeadLetterMessage } from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import {
  createScene,
  DESTINATION_ARN,
  environment,
  messageOf,
  type SceneOptions,
} from '../../functions/dlq-reprocessor/harness.ts';
import { fakeAws, run } from './harness.ts';

/** A stack whose queues and bucket are those of the scene, and whose function is the scene's. */
function showOf(options: SceneOptions) {
  const scene = createScene(options);
  const aws = fakeAws((command) => scene.invoke(command));
  aws.lambda
    .on(GetFunctionConfigurationCommand)
    .resolves({ Environment: { Variables: environment } });
  const clients = { ...aws.clients, ...scene.clients, lambda: aws.clients.lambda };
  return { scene, show: (...args: string[]) => run(['show', ...args], { ...aws, clients }) };
}

const failure = (name: string, more: object = {}) => ({
  Failure: JSON.stringify({
    class: name,
    errorCode: 'REQUIRED_FIELD_MISSING',
    message: 'Required fields are missing: [Subject]',
    attempts: 5,
    firstAt: '2026-11-25T08:00:00.000Z',
    lastAt: '2026-11-25T08:01:00.000Z',
    ...more,
  }),
});

const request =
  '{"action":"POST","resource":"sobjects","object":"Case","payload":{"n":1.0,"big":12345678901234567890,"x":"\u202e\u0085"}}';
const failed = (name: string): DeadLetterMessage => messageOf(request, failure(name));

describe('show', () => {
  it('prints the message, its history, the decision, the advice and the next commands', async () => {
    const message = failed('permanent-data');
    const { scene, show } = showOf({ messages: { apicall: [message] } });
    const { exitCode, stdout } = await show(message.messageId);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ApiCallDlq {2}\S+\n/);
    expect(stdout).toMatch(/^failed with +permanent-data REQUIRED_FIELD_MISSING$/m);
    expect(stdout).toMatch(/^error +Required fields are missing: \[Subject\]$/m);
    expect(stdout).toMatch(/^attempts +5 from 2026-11-25T08:00:00.000Z to 2026/m);
    expect(stdout).toMatch(/^redrives +0$/m);
    expect(stdout).toMatch(/^request +POST Case$/m);
    expect(stdout).toContain(
      'A redrive would park it: PERMANENT: permanent-data: REQUIRED_FIELD_MISSING',
    );
    expect(stdout).toMatch(/^What to do: Fix the mapping or Salesforce/m);
    expect(stdout).toContain(`npm run dlq -- redrive --filter id=${message.messageId} --force`);
    expect(scene.queues.apicall.counts()).toMatchObject({ visible: 1, hidden: 0 });
  });

  it('indents JSON without changing a value', async () => {
    const message = failed('permanent-data');
    const { stdout } = await showOf({ messages: { apicall: [message] } }).show(message.messageId);
    expect(stdout).toContain('    "n": 1.0,\n    "big": 12345678901234567890,\n');
    expect(stdout).toContain('"x": "\u202e\u0085"');
  });

  it('keeps each fact on its line, whatever Salesforce has answered', async () => {
    const message = messageOf(
      request,
      failure('permanent-data', { message: 'no\nWhat to do: rm' }),
    );
    const { stdout } = await showOf({ messages: { apicall: [message] } }).show(message.messageId);
    expect(stdout).toMatch(/^error +no\n +What to do: rm$/m);
    expect(stdout.match(/^What to do/gm)).toHaveLength(1);
  });

  it('prints what is not JSON as it is', async () => {
    const message = messageOf('line one\n  line two\r\n');
    const { stdout } = await showOf({ messages: { spill: [message] } }).show(message.messageId);
    expect(stdout).toContain('\nBody\nline one\n  line two\r\n');
    expect(stdout).toContain('A redrive would park it: UNKNOWN_ENVELOPE');
  });

  it('prints the event inside an envelope of the redrive bus, and where a redrive sends it', async () => {
    const event = '{"id":"e1","source":"shop","detail-type":"Order","detail":{}}';
    const rule = 'arn:aws:events:us-east-1:000000000000:rule';
    const envelope = `{"source":"salesforce-eventbridge.redrive","resources":["${rule}/bus/stack-rule"],"detail":{"rule":"stack-rule","attempt":1,"event":${event}}}`;
    const message = messageOf(envelope, {
      RULE_ARN: `${rule}/redrive/stack-rule-redrive`,
      TARGET_ARN: DESTINATION_ARN,
      ERROR_CODE: 'TIMEOUT',
    });
    const { show } = showOf({
      messages: { rule: [message] },
      redriveRules: ['stack-rule-redrive'],
    });
    const { stdout } = await show(message.messageId);
    expect(stdout).toMatch(/^event +e1 shop Order$/m);
    expect(stdout).toMatch(/^redrives +1 last at /m);
    expect(stdout).toMatch(/^A redrive would (wait until|send it to the bus redrive)/m);
    expect(stdout).toMatch(/^The event or request in it\n\{\n {2}"id": "e1"/m);
  });

  it('of a dropped message says who dropped it and why, and how to get it back', async () => {
    const message = failed('permanent-data');
    const { scene, show } = showOf({ messages: { apicall: [message] } });
    await scene.invoke({
      action: 'drop',
      filter: { object: 'Case' },
      dropReason: 'a duplicate',
      droppedBy: 'arn:of:somebody',
    });
    const { stdout } = await show(message.messageId);
    expect(stdout).toMatch(/^dropped /);
    expect(stdout).not.toMatch(/^parked /m);
    expect(stdout).toMatch(/^dropped by +arn:of:somebody$/m);
    expect(stdout).toMatch(/^dropped for +a duplicate$/m);
    expect(stdout).toContain(`npm run dlq -- unpark --filter key=${[...scene.stored.keys()][0]}`);
  });

  it('with --json prints one document with the content as text', async () => {
    const message = failed('permanent-data');
    const { stdout } = await showOf({ messages: { apicall: [message] } }).show(
      message.messageId,
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'dlq show',
      ok: true,
      result: { id: message.messageId, body: request, decision: 'park', reason: 'PERMANENT' },
    });
  });

  it('that finds nothing says what it has read, and contains no message', async () => {
    const { show } = showOf({ messages: { apicall: [failed('retry-soon')] } });
    const { exitCode, stdout, stderr } = await show('00000000-0000-4000-8000-000000000000');
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /was not found \(0 objects of the park bucket compared; ApiCallDlq: 1 message read; RuleDlq: 0 messages read; SpillQueue: 0/,
    );
    expect(stderr).not.toContain('Required');
  });

  it('that finds nothing tells of hidden messages', async () => {
    const message = messageOf(
      request,
      failure('retry-later', { notBefore: new Date(Date.now() + 3_600_000).toISOString() }),
    );
    const { scene, show } = showOf({ messages: { apicall: [message] } });
    await scene.invoke({ queue: 'apicall' });
    const { stderr } = await show(message.messageId);
    expect(stderr).toMatch(/ApiCallDlq: 0 messages read, 1 hidden.*at most 12 hours at a time/);
  });
});
