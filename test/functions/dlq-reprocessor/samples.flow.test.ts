import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { factsOf } from '../../../functions/dlq-reprocessor/dead-letter/facts.ts';
import { parseEnvelope } from '../../../functions/dlq-reprocessor/dead-letter/parse.ts';
import { parseParked } from '../../../functions/dlq-reprocessor/park/record.ts';
import { decide } from '../../../functions/dlq-reprocessor/policy.ts';
import { toDeadLetterMessage } from '../../../functions/dlq-reprocessor/queue/queue.ts';
import { toFailureMessage as ofApiCall } from '../../../functions/salesforce-apicall/outcome/dead-letter.ts';
import { failure } from '../../../functions/salesforce-apicall/outcome/failure-class.ts';
import { effectIds } from '../../../functions/salesforce-apicall/request/idempotency-key.ts';
import { parseRequest } from '../../../functions/salesforce-apicall/request/schema.ts';
import { sqsRecord } from '../salesforce-apicall/harness.ts';
import { createScene, config as policy } from './harness.ts';

const text = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../../events', `${name}.json`), 'utf8');
const sample = (name: string) => JSON.parse(text(name));

const messageIn = (name: string) => {
  const [message] = toDeadLetterMessage(sample(name));
  if (message === undefined) throw new Error(`events/${name}.json is not a message`);
  return message;
};

/** About a day after the samples were sent. */
const now = new Date('2026-11-25T12:10:00Z');

describe('the samples in events/', () => {
  it.each([
    ['dlq-rule', 'rule', 'redrive', { rule: 'salesforce-eventbridge-platform-event' }],
    ['dlq-request', 'request', 'OUTCOME_UNKNOWN', { object: 'Contact', action: 'POST' }],
    [
      'dlq-subscriber',
      'subscriber',
      'SUBSCRIBER_FAILURE',
      { errorCode: 'ACCESS_DENIED', attempts: 5 },
    ],
    ['dlq-async-record', 'request', 'redrive', { errorCode: 'Sandbox.Timedout', attempts: 3 }],
    ['spill-entry', 'entry', 'redrive', { source: 'github.com', errorCode: 'ThrottlingException' }],
  ])('%s is a %s with the decision %s', (name, kind, expected, facts) => {
    const message = messageIn(name);
    const envelope = parseEnvelope(message, policy.redriveBusName);
    expect(envelope.kind).toBe(kind);
    expect(factsOf(envelope)).toMatchObject(facts);
    const decision = decide(envelope, message.sentAt, now, policy);
    expect(decision.kind === 'park' ? decision.reason : decision.kind).toBe(expected);
  });

  it('have the attribute that apicall writes, with the id of its idempotency record', () => {
    const { body, attributes } = messageIn('dlq-request');
    const told = JSON.parse(attributes['Failure']?.StringValue ?? '');
    const written = ofApiCall({
      sqsRecord: sqsRecord(body),
      failure: failure('outcome-unknown', 'ECONNRESET', 'm'),
      attempts: 1,
      notBefore: undefined,
      correlation: told.correlation,
    });
    const fields = Object.keys(JSON.parse(written.attributes['Failure'] ?? '{}'));
    expect(Object.keys(told).sort()).toEqual(fields.sort());
    const request = parseRequest(JSON.parse(body));
    expect(told.correlation).toMatchObject(effectIds(request, request.idempotencyKey ?? '') ?? {});
  });

  it('parked-object and bus-parked are the result of parking dlq-request', async () => {
    const message = messageIn('dlq-request');
    const scene = createScene({ messages: { apicall: [message] } });
    scene.pass(now.getTime() - scene.now().getTime());
    await scene.invoke();
    const [[key, stored] = []] = scene.stored;
    const { parkedAt: _sampled, ...object } = sample('parked-object');
    const { parkedAt, ...made } = JSON.parse(stored ?? '');
    expect(made).toEqual(object);
    expect(parkedAt.slice(0, 16)).toBe('2026-11-25T12:10');
    const event = sample('bus-parked');
    expect(key).toBe(event.detail.key);
    expect(scene.announced).toMatchObject([
      {
        source: event.source,
        detailType: event['detail-type'],
        detail: JSON.stringify(event.detail),
      },
    ]);
  });

  it('parked-object can be unparked', () => {
    expect(parseParked('key', text('parked-object'))).toMatchObject({
      messageId: messageIn('dlq-request').messageId,
      attributes: messageIn('dlq-request').attributes,
    });
  });

  it('dropped-object is the record of dropping dlq-rule', async () => {
    const message = messageIn('dlq-rule');
    const scene = createScene({ messages: { rule: [message] } });
    scene.pass(now.getTime() - scene.now().getTime());
    const { dropReason, droppedBy } = sample('dropped-object');
    const filter = { id: [message.messageId] };
    await scene.invoke({ action: 'drop', queue: 'rule', filter, dropReason, droppedBy });
    const [[key, stored] = []] = scene.stored;
    const times = (record: Record<string, unknown>) => ({
      ...record,
      parkedAt: String(record['parkedAt']).slice(0, 16),
      droppedAt: String(record['droppedAt']).slice(0, 16),
    });
    expect(key).toBe(`dropped/2026-11-25/${message.messageId}.json`);
    expect(times(JSON.parse(stored ?? ''))).toEqual(times(sample('dropped-object')));
    expect(parseParked('key', text('dropped-object'))).toMatchObject({
      messageId: message.messageId,
      parked: { dropped: { reason: dropReason, by: droppedBy } },
    });
  });
});
