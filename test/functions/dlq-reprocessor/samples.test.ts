import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toEnvelope } from '../../../functions/dlq-reprocessor/dead-letter/parse.ts';
import { factsOf } from '../../../functions/dlq-reprocessor/dead-letter/summary.ts';
import { parseParked } from '../../../functions/dlq-reprocessor/park/record.ts';
import { decide } from '../../../functions/dlq-reprocessor/policy.ts';
import { toDeadLetter } from '../../../functions/dlq-reprocessor/queue/queue.ts';
import { toDeadLetterMessage as ofApiCall } from '../../../functions/salesforce-apicall/outcome/dead-letter.ts';
import { failure } from '../../../functions/salesforce-apicall/outcome/failure-class.ts';
import { effectIds } from '../../../functions/salesforce-apicall/request/idempotency-key.ts';
import { parseRequest } from '../../../functions/salesforce-apicall/request/schema.ts';
import { sqsRecord } from '../salesforce-apicall/harness.ts';
import { createScene, policy } from './kit.ts';

const text = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../../events', `${name}.json`), 'utf8');
const sample = (name: string) => JSON.parse(text(name));

const letterIn = (name: string) => {
  const [letter] = toDeadLetter(sample(name));
  if (letter === undefined) throw new Error(`events/${name}.json is no message`);
  return letter;
};

/** A day or so after the samples came into their queues. */
const now = new Date('2026-11-25T12:10:00Z');

describe('the samples of dead letters', () => {
  it.each([
    ['dlq-rule', 'rule', 'redrive', { rule: 'salesforce-eventbridge-platform-event' }],
    ['dlq-request', 'request', 'OUTCOME_UNKNOWN', { object: 'Contact', action: 'POST' }],
    ['dlq-async-record', 'request', 'redrive', { errorCode: 'Sandbox.Timedout', attempts: 3 }],
    ['spill-entry', 'entry', 'redrive', { source: 'github.com', errorCode: 'ThrottlingException' }],
  ])('%s is a %s and comes to %s', (name, kind, fate, facts) => {
    const letter = letterIn(name);
    const envelope = toEnvelope(letter);
    expect(envelope.kind).toBe(kind);
    expect(factsOf(envelope)).toMatchObject(facts);
    const decision = decide(envelope, letter.sentAt, now, policy);
    expect(decision.kind === 'park' ? decision.reason : decision.kind).toBe(fate);
  });

  it('have the attribute that apicall writes, and name the record that its guard keeps', () => {
    const { body, attributes } = letterIn('dlq-request');
    const told = JSON.parse(attributes['Failure'] ?? '');
    const written = ofApiCall({
      record: sqsRecord(body),
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

  it('parked-object and bus-parked are what parking dlq-request leaves', async () => {
    const letter = letterIn('dlq-request');
    const scene = createScene({ letters: { apicall: [letter] } });
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
    expect(parseParked(text('parked-object'))?.letter).toMatchObject({
      messageId: letterIn('dlq-request').messageId,
      attributes: letterIn('dlq-request').attributes,
    });
  });
});
