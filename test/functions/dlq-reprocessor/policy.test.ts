import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../../functions/dlq-reprocessor/dead-letter/dead-letter.ts';
import { toEnvelope } from '../../../functions/dlq-reprocessor/dead-letter/parse.ts';
import { decide } from '../../../functions/dlq-reprocessor/policy.ts';
import { letterOf, policy } from './kit.ts';

const DAY = 86_400_000;
const now = new Date('2026-11-24T12:00:00Z');
const letter = (body: string, attributes: Record<string, string> = {}, sentAt = now): DeadLetter =>
  letterOf(body, attributes, { sentAt });
const request = '{"action":"GET","resource":"limits"}';
const event = '{"version":"0","id":"e1","source":"shop","detail-type":"Order","detail":{"n":1}}';
const entryText = JSON.stringify({
  EventBusName: 'b',
  Source: 's',
  DetailType: 't',
  Detail: '{}',
  Resources: [],
  Time: now.toISOString(),
});
const failed = (name: string, more: object = {}) => ({
  Failure: JSON.stringify({ class: name, errorCode: 'E', ...more }),
});
const rule = (errorCode: string, errorMessage = '', exhausted?: string) => ({
  RULE_ARN: 'arn:aws:events:us-east-1:000000000000:rule/bus/stack-rule',
  TARGET_ARN: 'arn:target',
  ERROR_CODE: errorCode,
  ERROR_MESSAGE: errorMessage,
  RETRY_ATTEMPTS: exhausted === undefined ? '0' : '185',
  ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: exhausted }),
});
const decided = (dead: DeadLetter, at = now) => decide(toEnvelope(dead), dead.sentAt, at, policy);
const redriven = (count: number, lastAt: Date) => ({
  Redrive: JSON.stringify({ count, lastAt: lastAt.toISOString() }),
});

describe('envelopes are told apart by shape', () => {
  const encrypted = JSON.stringify({
    source: 'aws.events',
    'detail-type': 'Encrypted Events',
    detail: { 'encrypted-payload': 'AgR4' },
  });
  const entry = {
    EventBusName: 'b',
    Source: 's',
    DetailType: 't',
    Detail: '{}',
    Resources: [],
    Time: now.toISOString(),
  };
  const record = {
    version: '1.0',
    requestContext: { condition: 'RetriesExhausted', functionArn: 'f' },
    requestPayload: JSON.parse(request),
  };

  it.each([
    ['rule', event, rule('THROTTLING')],
    ['request', request, failed('retry-soon')],
    ['request', request, {}],
    ['request', 'not JSON', failed('permanent-data')],
    ['request', JSON.stringify(record), {}],
    ['entry', JSON.stringify(entry), failed('publish-failed')],
    ['unknown', 'not JSON', {}],
    ['unknown', '[1]', {}],
    ['unknown', '{"Type":"Notification"}', {}],
    ['unknown', encrypted, {}],
    ['unknown', encrypted, rule('UNKNOWN')],
    ['unknown', '{"source":"salesforce-eventbridge.redrive","detail":{}}', rule('THROTTLING')],
    ['request', JSON.stringify(entry), failed('permanent-data')],
  ])('%s: %s', (kind, body, attributes) =>
    expect(toEnvelope(letter(body, attributes)).kind).toBe(kind),
  );

  it('unwraps what came back from a twin, and knows the first rule and the attempt', () => {
    const wrapped = {
      source: 'salesforce-eventbridge.redrive',
      resources: ['arn:aws:events:us-east-1:000000000000:rule/bus/stack-rule'],
      detail: { rule: 'stack-rule', target: 'arn:target', attempt: 2, event: JSON.parse(event) },
    };
    const attributes = {
      ...rule('THROTTLING'),
      RULE_ARN: 'arn:aws:events:us-east-1:000000000000:rule/redrive/stack-rule-redrive',
    };
    expect(toEnvelope(letter(JSON.stringify(wrapped), attributes))).toMatchObject({
      kind: 'rule',
      ruleArn: 'arn:aws:events:us-east-1:000000000000:rule/bus/stack-rule',
      history: { redrives: 2 },
      event,
    });
  });
});

describe('the decision', () => {
  it.each([
    ['a request that may succeed now', letter(request, failed('retry-soon')), 'redrive'],
    [
      'a configuration that may be mended by now',
      letter(request, failed('configuration')),
      'redrive',
    ],
    ['a request without a reason: the function crashed', letter(request), 'redrive'],
    ['data that is wrong', letter(request, failed('permanent-data')), 'PERMANENT'],
    ['a request that is too large', letter(request, failed('permanent-size')), 'PERMANENT'],
    [
      'a create that may have been made',
      letter(request, failed('outcome-unknown')),
      'OUTCOME_UNKNOWN',
    ],
    ['a spilled event', letter(entryText, failed('publish-failed')), 'redrive'],
    [
      'a timeout under an unclear code',
      letter(event, rule('UNKNOWN', 'Timeout calling endpoint', 'MaximumEventAgeInSeconds')),
      'redrive',
    ],
    [
      'a refusal by the endpoint',
      letter(event, rule('SDK_CLIENT_ERROR', 'The request failed with status code 422.')),
      'PERMANENT',
    ],
    [
      'a lock, which Salesforce reports as 400',
      letter(event, rule('SDK_CLIENT_ERROR', 'The request failed with status code 400.')),
      'redrive',
    ],
    [
      'a used-up limit, which Salesforce reports as 403',
      letter(event, rule('SDK_CLIENT_ERROR', 'The request failed with status code 403.')),
      'redrive',
    ],
    [
      'a bad parameter that was still retried',
      letter(event, rule('INVALID_PARAMETER', '', 'MaximumRetryAttempts')),
      'redrive',
    ],
    ['JSON that no target takes', letter(event, rule('INVALID_JSON')), 'PERMANENT'],
    ['permissions that may be mended by now', letter(event, rule('NO_PERMISSIONS')), 'redrive'],
    ['an unknown shape', letter('?'), 'UNKNOWN_ENVELOPE'],
  ])('%s', (_what, dead, expected) => {
    const decision = decided(dead);
    expect(decision.kind === 'park' ? decision.reason : decision.kind).toBe(expected);
  });

  it('waits for the time that the failure names', () => {
    const notBefore = new Date(now.getTime() + 3_600_000);
    const dead = letter(request, failed('retry-later', { notBefore: notBefore.toISOString() }));
    expect(decided(dead)).toMatchObject({ kind: 'wait', until: notBefore });
    expect(decided(dead, notBefore).kind).toBe('redrive');
  });

  it('waits longer after each redrive, and parks after the last', () => {
    const waits = [1, 2].map((count) => decided(letter(request, redriven(count, now))));
    expect(waits).toMatchObject(
      [60, 120].map((seconds) => ({
        kind: 'wait',
        until: new Date(now.getTime() + seconds * 1000),
      })),
    );
    expect(decided(letter(request, redriven(3, now)))).toMatchObject({
      kind: 'park',
      reason: 'TOO_MANY_REDRIVES',
    });
  });

  it('parks what the queue would drop before its next try', () => {
    const notBefore = new Date(now.getTime() + 2 * DAY).toISOString();
    const old = letter(
      request,
      failed('retry-later', { notBefore }),
      new Date(now.getTime() - 12 * DAY),
    );
    expect(decided(old)).toMatchObject({ kind: 'park', reason: 'RETENTION_ENDS' });
  });

  it.each([
    ['a request that was due all along', letter(request, {}, new Date(now.getTime() - 13.9 * DAY))],
    [
      'an event that the bus would not take',
      letter(entryText, failed('publish-failed'), new Date(now.getTime() - 13.9 * DAY)),
    ],
  ])('parks %s before the queue drops it', (_what, dead) => {
    expect(decided(dead)).toMatchObject({ kind: 'park', reason: 'RETENTION_ENDS' });
  });

  it('parks an entry that no bus will ever take', () => {
    const refused = {
      Failure: JSON.stringify({ class: 'publish-failed', errorCode: 'MalformedDetail' }),
    };
    expect(decided(letter(entryText, refused))).toMatchObject({
      kind: 'park',
      reason: 'PERMANENT',
    });
  });

  const attributes = fc.dictionary(
    fc.constantFrom(
      'Failure',
      'Redrive',
      'RULE_ARN',
      'ERROR_CODE',
      'ERROR_MESSAGE',
      'EXHAUSTED_RETRY_CONDITION',
    ),
    fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom(
        '{"class":"retry-later","notBefore":"2026-12-01T00:00:00Z"}',
        '{"count":2,"lastAt":"2026-11-24T11:59:59Z"}',
      ),
    ),
  );

  it('is made for every message, never redrives beyond the cap, and its waits end', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), attributes, (body, given) => {
        const dead = letter(body, given);
        const { history } = toEnvelope(dead);
        const decision = decided(dead);
        if (decision.kind === 'redrive') expect(history.redrives).toBeLessThan(policy.maxRedrives);
        if (decision.kind === 'wait') expect(decided(dead, decision.until).kind).not.toBe('wait');
      }),
      { numRuns: 500 },
    );
  });

  it('only ever moves on with time: from waiting to a redrive to the park, never back', () => {
    const stages = ['wait', 'redrive', 'park'];
    const moment = fc.integer({ min: 0, max: 20 * DAY });
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json()),
        attributes,
        moment,
        moment,
        (body, given, one, other) => {
          const dead = letter(body, given);
          const [earlier, later] = [Math.min(one, other), Math.max(one, other)].map((ms) =>
            stages.indexOf(decided(dead, new Date(now.getTime() + ms)).kind),
          );
          expect(later).toBeGreaterThanOrEqual(earlier ?? 0);
        },
      ),
      { numRuns: 500 },
    );
  });
});
