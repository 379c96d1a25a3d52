import { describe, expect, it } from 'vitest';
import type {
  Envelope,
  FailureAttribute,
  RedriveHistory,
} from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import {
  decide,
  isNonRetryableEntry,
  type RedrivePolicy,
  refuseBecause,
} from '../../../functions/dlq-reprocessor/policy.ts';

const policy: RedrivePolicy = {
  maxRedrives: 3,
  backoffSeconds: 60,
  retentionSeconds: 1_000_000,
  retentionMarginSeconds: 100_000,
};
const now = new Date('2026-11-25T12:00:00Z');
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000);

const failed = (name: string, more: Partial<FailureAttribute> = {}): FailureAttribute => ({
  class: name,
  errorCode: 'CODE',
  message: 'quotes a field value',
  attempts: 1,
  ...more,
});
const request = (
  failure?: FailureAttribute,
  history: RedriveHistory = { redrives: 0 },
): Envelope => ({
  kind: 'request',
  failure,
  body: '{}',
  content: {},
  history,
});
const rule = (errorCode: string, exhausted?: string, errorMessage = ''): Envelope => ({
  kind: 'rule',
  ruleArn: 'arn',
  targetArn: 'arn',
  errorCode,
  errorMessage,
  retries: 185,
  exhausted,
  event: '{}',
  content: {},
  history: { redrives: 0 },
});
const entry = (errorCode: string, more: Partial<FailureAttribute> = {}): Envelope => ({
  kind: 'entry',
  entry: { EventBusName: 'b', Source: 's', DetailType: 't', Detail: '{}', Resources: [], Time: '' },
  failure: failed('publish-failed', { errorCode, ...more }),
  history: { redrives: 0 },
});
const unknown: Envelope = { kind: 'unknown', why: 'what is wrong', history: { redrives: 0 } };
const decided = (envelope: Envelope, sentAt = now) => decide(envelope, sentAt, now, policy);

describe('the reason of a redrive', () => {
  it.each([
    [rule('THROTTLING'), 'EventBridge gave up: THROTTLING'],
    [
      rule('INVALID_JSON', 'MaximumRetryAttempts'),
      'EventBridge gave up after 185 retries (MaximumRetryAttempts): INVALID_JSON',
    ],
    [entry('InternalFailure'), 'the event bus refused it: InternalFailure'],
    [request(failed('retry-soon')), 'retry-soon: CODE'],
    [request(failed('configuration')), 'configuration: CODE'],
    [request(), 'the function ended before it could say what failed'],
    [request(failed('')), 'the function ended before it could say what failed'],
  ])('%j', (envelope, why) =>
    expect(decided(envelope)).toEqual({ kind: 'redrive', reason: 'another try may help', why }),
  );

  it.each([400, 403, 408, 429, 500, 4_040])('of an endpoint that answered %i', (status) => {
    const message = `The request failed with status code ${status}.`;
    expect(decided(rule('SDK_CLIENT_ERROR', undefined, message)).kind).toBe('redrive');
  });
});

describe('the reason to park a message', () => {
  const permanent = (envelope: Envelope, why: string) =>
    expect(decided(envelope)).toEqual({ kind: 'park', reason: 'PERMANENT', why });

  it.each([
    'INVALID_JSON',
    'INVALID_PARAMETER',
    'THIRD_ACCOUNT_HOP_DETECTED',
    'THIRD_REGION_HOP_DETECTED',
  ])('is the code %s of EventBridge', (code) => permanent(rule(code), `EventBridge: ${code}`));

  it.each([404, 405, 410, 413, 414, 415, 422])('is the status %i of an endpoint', (status) => {
    const message = `The request failed with status code ${status}.`;
    permanent(rule('SDK_CLIENT_ERROR', undefined, message), `the endpoint answered HTTP ${status}`);
  });

  it.each(['InvalidArgument', 'MalformedDetail', 'InvalidAccountIdException'])(
    'is the code %s of the bus',
    (code) => {
      permanent(entry(code), `the event bus: ${code}`);
      expect(isNonRetryableEntry(code)).toBe(true);
      expect(isNonRetryableEntry(`${code}s`)).toBe(false);
    },
  );

  it.each(['permanent-data', 'permanent-size'])('is the class %s', (name) =>
    permanent(request(failed(name)), `${name}: CODE`),
  );

  it('is an unknown outcome, or an unknown shape', () => {
    expect(decided(request(failed('outcome-unknown')))).toEqual({
      kind: 'park',
      reason: 'OUTCOME_UNKNOWN',
      why: 'Salesforce may have made the change',
    });
    expect(decided(unknown)).toEqual({
      kind: 'park',
      reason: 'UNKNOWN_ENVELOPE',
      why: 'what is wrong',
    });
  });

  it('is the maximum of redrives', () => {
    expect(decided(request(undefined, { redrives: 2 })).kind).toBe('redrive');
    expect(decided(request(undefined, { redrives: 3 }))).toEqual({
      kind: 'park',
      reason: 'TOO_MANY_REDRIVES',
      why: 'redriven 3 times',
    });
  });

  it('is the end of its retention, to the second', () => {
    const ending = later(-(policy.retentionSeconds - policy.retentionMarginSeconds));
    expect(decided(request(), new Date(ending.getTime() + 1)).kind).toBe('redrive');
    expect(decided(request(), ending)).toEqual({
      kind: 'park',
      reason: 'RETENTION_ENDS',
      why: 'the queue would drop it before its next try',
    });
  });
});

describe('a wait', () => {
  it('has an end and a reason', () => {
    const notBefore = later(90);
    expect(decided(request(failed('retry-later', { notBefore })))).toEqual({
      kind: 'wait',
      reason: 'its next try is not due yet',
      why: 'retry-later: CODE',
      until: notBefore,
    });
  });

  it('ends at the later of the time in the failure and the back-off', () => {
    const history = { redrives: 1, lastAt: later(-30) };
    const waiting = (notBefore: Date) => decided(request(failed('x', { notBefore }), history));
    expect(waiting(later(20))).toMatchObject({ until: later(30) });
    expect(waiting(later(40))).toMatchObject({ until: later(40) });
  });

  it.each([
    [1, 60],
    [2, 120],
    [10, 30_720],
    [11, 43_200],
    [90, 43_200],
  ])('after %i redrives takes %i seconds, twelve hours at most', (redrives, seconds) => {
    const often = { ...policy, maxRedrives: 99 };
    const envelope = request(undefined, { redrives, lastAt: now });
    expect(decide(envelope, now, now, often)).toMatchObject({ until: later(seconds) });
  });

  it('does not exist before the first redrive, nor without the time of the last', () => {
    expect(decided(request(undefined, { redrives: 0, lastAt: now })).kind).toBe('redrive');
    expect(decided(request(undefined, { redrives: 2 })).kind).toBe('redrive');
  });

  it('does not exist for an entry: the bus names no time', () => {
    expect(decided(entry('InternalFailure', { notBefore: later(90) })).kind).toBe('redrive');
  });
});

describe('a refusal', () => {
  it('is counted by its text', () => {
    const why = 'its origin is unknown';
    expect(refuseBecause(why)).toEqual({ kind: 'refuse', reason: why, why });
  });
});
