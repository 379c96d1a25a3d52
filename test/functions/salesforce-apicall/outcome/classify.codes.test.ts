import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyOf, requestFailureClasses } from '../../../../functions/common/failure-policy.ts';
import { classifyResponse } from '../../../../functions/salesforce-apicall/outcome/classify.ts';
import type {
  Failure,
  Outcome,
} from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';
import { decideRetry } from '../../../../functions/salesforce-apicall/outcome/retry.ts';
import type { ApiResponse } from '../../../../functions/salesforce-apicall/salesforce/client.ts';
import { bareAnswers } from './bare-answers.ts';
import { errorBodies } from './error-bodies.ts';

const knownCodes = requestFailureClasses.flatMap((name) => policyOf(name).errorCodes);

const answer = (status: number, body: unknown): ApiResponse => ({
  status,
  body,
  headers: {},
});

const classAndAttemptsOf = (outcome: Outcome): string => {
  if (outcome.kind === 'success') return 'success';
  return outcome.maxAttempts === undefined
    ? outcome.class
    : `${outcome.class}, ${outcome.maxAttempts} tries`;
};

describe('an error of Salesforce', () => {
  it.each(errorBodies)('%i %s "%s" is %s', (status, errorCode, message, expected) => {
    for (const isRepeatable of [true, false]) {
      const outcome = classifyResponse(answer(status, [{ errorCode, message }]), isRepeatable);
      expect(classAndAttemptsOf(outcome)).toBe(expected);
    }
  });

  it('is covered above for every code that the table knows', () => {
    const covered = new Set(errorBodies.map(([, code]) => code));
    expect(knownCodes.filter((code) => !covered.has(code))).toEqual([]);
    expect(new Set(knownCodes).size).toBe(knownCodes.length);
  });

  it.each([
    [200, [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK', success: false }]],
    [201, { id: '003', success: true, errors: [{ statusCode: 'OPERATION_ENQUEUED' }] }],
    [204, ''],
    [304, ''],
  ])('is none in an answer with %i', (status, body) => {
    expect(classifyResponse(answer(status, body), false).kind).toBe('success');
  });
});

describe('an answer without an error of Salesforce', () => {
  it.each(bareAnswers)('%i %j is %s', (status, body, expected) => {
    expect(classAndAttemptsOf(classifyResponse(answer(status, body), true))).toBe(expected);
    const isUnclear = [500, 502, 504].includes(status);
    expect(classAndAttemptsOf(classifyResponse(answer(status, body), false))).toBe(
      isUnclear ? 'outcome-unknown' : expected,
    );
  });

  it.each([
    [200, true, 'retry-soon'],
    [200, false, 'outcome-unknown'],
    [400, false, 'retry-soon'],
    [500, false, 'outcome-unknown'],
    [503, false, 'retry-soon'],
  ])(
    'but %i with JSON that breaks off, repeatable: %s, is %s',
    (status, isRepeatable, expected) => {
      const broken = { ...answer(status, '{"id":"0035g'), unreadable: 'application/json' };
      expect(classifyResponse(broken, isRepeatable)).toMatchObject({ class: expected, status });
    },
  );
});

describe('whatever Salesforce answers', () => {
  const entry = fc.record({
    errorCode: fc.oneof(fc.constantFrom(...knownCodes), fc.string()),
    message: fc.oneof(fc.string(), fc.constantFrom(...errorBodies.map(([, , text]) => text))),
  });
  const anyAnswer = fc.record({
    status: fc.oneof(fc.constantFrom(...bareAnswers.map(([status]) => status)), fc.nat(599)),
    body: fc.oneof(fc.array(entry, { maxLength: 3 }), fc.jsonValue(), fc.string()),
    headers: fc.record({ 'retry-after': fc.oneof(fc.nat().map(String), fc.string()) }),
  });
  const failed = (given: ApiResponse, isRepeatable: boolean): Failure | undefined => {
    const outcome = classifyResponse(given, isRepeatable);
    return outcome.kind === 'failure' ? outcome : undefined;
  };
  const attempt = fc.record({
    attempts: fc.integer({ min: 1, max: 20 }),
    maxAttempts: fc.integer({ min: 1, max: 10 }),
  });

  const waits = ({ class: name }: Failure): boolean => policyOf(name).retry !== 'never';
  const anyFailure = fc
    .tuple(anyAnswer, fc.boolean())
    .map(([given, isRepeatable]) => failed(given, isRepeatable));
  const decisionOf = (failure: Failure, at: { attempts: number; maxAttempts: number }) =>
    decideRetry(failure, { ...at, now: new Date(0) });

  it('what waiting does not help is never tried again', () => {
    fc.assert(
      fc.property(anyFailure, attempt, (failure, at) => {
        fc.pre(failure !== undefined && !waits(failure));
        expect(decisionOf(failure, at)).toEqual({ kind: 'dead-letter' });
      }),
      { numRuns: 500 },
    );
  });

  it('what waiting may help is tried as often as it may be', () => {
    fc.assert(
      fc.property(anyFailure, attempt, (failure, at) => {
        fc.pre(failure !== undefined && waits(failure));
        const tries = Math.min(at.maxAttempts, failure.maxAttempts ?? at.maxAttempts);
        const expected = at.attempts < tries ? 'retry' : 'dead-letter';
        expect(decisionOf(failure, at).kind).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('it is waited for as long as the server asks, up to twelve hours', () => {
    fc.assert(
      fc.property(anyFailure, (failure) => {
        fc.pre(failure !== undefined && waits(failure));
        const decision = decisionOf(failure, { attempts: 1, maxAttempts: 5 });
        const delaySeconds = decision.kind === 'retry' ? decision.delaySeconds : Number.NaN;
        expect(delaySeconds).toBeGreaterThanOrEqual(failure.retryAfterSeconds ?? 1);
        expect(delaySeconds).toBeLessThanOrEqual(43_200);
      }),
      { numRuns: 500 },
    );
  });

  it('only what must not be repeated is ever unknown, and repeating it changes nothing else', () => {
    fc.assert(
      fc.property(anyAnswer, fc.boolean(), (given, isUnreadable) => {
        const said = isUnreadable ? { ...given, unreadable: 'application/json' } : given;
        const repeatable = failed(said, true);
        const once = failed(said, false);
        expect(repeatable?.class).not.toBe('outcome-unknown');
        if (once?.class !== 'outcome-unknown') expect(once).toEqual(repeatable);
      }),
      { numRuns: 1_000 },
    );
  });
});
