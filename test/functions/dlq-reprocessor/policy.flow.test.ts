import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeadLetterMessage } from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import { parseEnvelope } from '../../../functions/dlq-reprocessor/dead-letter/parse.ts';
import { decide } from '../../../functions/dlq-reprocessor/policy.ts';
import { messageOf, config as policy } from './harness.ts';

const DAY = 86_400_000;
const now = new Date('2026-11-24T12:00:00Z');
const message = (
  body: string,
  attributes: Record<string, string> = {},
  sentAt = now,
): DeadLetterMessage => messageOf(body, attributes, { sentAt });
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
const decided = (dead: DeadLetterMessage, at = now) =>
  decide(parseEnvelope(dead, policy.redriveBusName), dead.sentAt, at, policy);
const redriven = (count: number, lastAt: Date) => ({
  Redrive: JSON.stringify({ count, lastAt: lastAt.toISOString() }),
});

describe('the decision about a message', () => {
  it.each([
    ['a request that may succeed now', message(request, failed('retry-soon')), 'redrive'],
    [
      'a configuration that may be fixed by now',
      message(request, failed('configuration')),
      'redrive',
    ],
    ['a request without `Failure`: the function crashed', message(request), 'redrive'],
    ['data that is wrong', message(request, failed('permanent-data')), 'PERMANENT'],
    ['a request that is too large', message(request, failed('permanent-size')), 'PERMANENT'],
    [
      'a create that may have been made',
      message(request, failed('outcome-unknown')),
      'OUTCOME_UNKNOWN',
    ],
    ['a spilled event', message(entryText, failed('publish-failed')), 'redrive'],
    [
      'a timeout under an unclear code',
      message(event, rule('UNKNOWN', 'Timeout calling endpoint', 'MaximumEventAgeInSeconds')),
      'redrive',
    ],
    [
      'a refusal by the endpoint',
      message(event, rule('SDK_CLIENT_ERROR', 'The request failed with status code 422.')),
      'PERMANENT',
    ],
    [
      'a lock, which Salesforce reports as 400',
      message(event, rule('SDK_CLIENT_ERROR', 'The request failed with status code 400.')),
      'redrive',
    ],
    [
      'a used-up limit, which Salesforce reports as 403',
      message(event, rule('SDK_CLIENT_ERROR', 'The request failed with status code 403.')),
      'redrive',
    ],
    [
      'a bad parameter that was still retried',
      message(event, rule('INVALID_PARAMETER', '', 'MaximumRetryAttempts')),
      'redrive',
    ],
    ['invalid JSON', message(event, rule('INVALID_JSON')), 'PERMANENT'],
    ['permissions that may be fixed by now', message(event, rule('NO_PERMISSIONS')), 'redrive'],
    ['an unknown shape', message('?'), 'UNKNOWN_ENVELOPE'],
  ])('%s', (_what, dead, expected) => {
    const decision = decided(dead);
    expect(decision.kind === 'park' ? decision.reason : decision.kind).toBe(expected);
  });

  it('waits until the time in the failure', () => {
    const notBefore = new Date(now.getTime() + 3_600_000);
    const dead = message(request, failed('retry-later', { notBefore: notBefore.toISOString() }));
    expect(decided(dead)).toMatchObject({ kind: 'wait', until: notBefore });
    expect(decided(dead, notBefore).kind).toBe('redrive');
  });

  it('doubles the back-off after each redrive, and parks after the last', () => {
    const waits = [1, 2].map((count) => decided(message(request, redriven(count, now))));
    expect(waits).toMatchObject(
      [60, 120].map((seconds) => ({
        kind: 'wait',
        until: new Date(now.getTime() + seconds * 1000),
      })),
    );
    expect(decided(message(request, redriven(3, now)))).toMatchObject({
      kind: 'park',
      reason: 'TOO_MANY_REDRIVES',
    });
  });

  it('parks a message that would expire before its next try', () => {
    const notBefore = new Date(now.getTime() + 2 * DAY).toISOString();
    const old = message(
      request,
      failed('retry-later', { notBefore }),
      new Date(now.getTime() - 12 * DAY),
    );
    expect(decided(old)).toMatchObject({ kind: 'park', reason: 'RETENTION_ENDS' });
  });

  it.each([
    [
      'a request that was due all along',
      message(request, {}, new Date(now.getTime() - 13.9 * DAY)),
    ],
    [
      'an event that the bus did not accept',
      message(entryText, failed('publish-failed'), new Date(now.getTime() - 13.9 * DAY)),
    ],
  ])('parks %s before it expires', (_what, dead) => {
    expect(decided(dead)).toMatchObject({ kind: 'park', reason: 'RETENTION_ENDS' });
  });

  it('parks an entry that the bus never accepts', () => {
    const refused = {
      Failure: JSON.stringify({ class: 'publish-failed', errorCode: 'MalformedDetail' }),
    };
    expect(decided(message(entryText, refused))).toMatchObject({
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

  it('exists for every message, never redrives beyond the maximum, and its waits end', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), attributes, (body, given) => {
        const dead = message(body, given);
        const { history } = parseEnvelope(dead, policy.redriveBusName);
        const decision = decided(dead);
        if (decision.kind === 'redrive') expect(history.redrives).toBeLessThan(policy.maxRedrives);
        if (decision.kind === 'wait') expect(decided(dead, decision.until).kind).not.toBe('wait');
      }),
      { numRuns: 500 },
    );
  });

  it('changes with time from wait to redrive to park, never back', () => {
    const stages = ['wait', 'redrive', 'park'];
    const moment = fc.integer({ min: 0, max: 20 * DAY });
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json()),
        attributes,
        moment,
        moment,
        (body, given, one, other) => {
          const dead = message(body, given);
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
