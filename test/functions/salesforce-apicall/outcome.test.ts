import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LoginError,
  SalesforceConfigurationError,
  TransportError,
} from '../../../functions/salesforce-apicall/errors.ts';
import {
  classifyError,
  classifyResponse,
} from '../../../functions/salesforce-apicall/outcome/classify.ts';
import type {
  Failure,
  Outcome,
} from '../../../functions/salesforce-apicall/outcome/failure-class.ts';
import { isWanted, toReply } from '../../../functions/salesforce-apicall/outcome/reply.ts';
import {
  decideRetry,
  retryAfterSeconds,
} from '../../../functions/salesforce-apicall/outcome/retry.ts';

const error = (errorCode: string, message = '') => [{ errorCode, message }];
const answer = (status: number, body: unknown, headers = {}) => ({ status, body, headers });
const classOf = (outcome: Outcome): string =>
  outcome.kind === 'failure' ? outcome.class : 'success';

describe('the class of an answer', () => {
  it("of a create is unknown when a gateway answered in Salesforce's place", () => {
    expect(classOf(classifyResponse(answer(504, '<html>'), false))).toBe('outcome-unknown');
    expect(classOf(classifyResponse(answer(500, error('UNKNOWN_EXCEPTION')), false))).toBe(
      'retry-soon',
    );
    expect(classOf(classifyResponse(answer(504, '<html>'), true))).toBe('retry-soon');
  });

  it('keeps every error, and the time that the server asked for', () => {
    const body = [
      { errorCode: 'A', message: 'a', fields: ['X'] },
      { errorCode: 'B', message: 'b' },
    ];
    expect(classifyResponse(answer(503, body, { 'retry-after': '17' }), true)).toMatchObject({
      errorCode: 'A',
      errors: [
        { errorCode: 'A', message: 'a', fields: ['X'] },
        { errorCode: 'B', message: 'b' },
      ],
      retryAfterSeconds: 17,
    });
  });

  it.each([
    ['17', 17],
    [' 0 ', 0],
    ['999999999', 43_200],
    ['Wed, 25 Nov 2026 09:00:30 GMT', 30],
    ['Wed, 25 Nov 2026 08:00:00 GMT', 0],
    ['Fri, 25 Dec 2026 09:00:00 GMT', 43_200],
    ['soon', undefined],
    ['-1', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('takes Retry-After %j as %j seconds', (header, seconds) => {
    expect(retryAfterSeconds(header, Date.parse('2026-11-25T09:00:00Z'))).toBe(seconds);
  });

  it('is found for any status and body', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 599 }),
        fc.jsonValue(),
        fc.boolean(),
        (status, body, isRepeatable) => {
          const { kind } = classifyResponse(answer(status, body), isRepeatable);
          expect(kind).toBe(
            (status >= 200 && status < 300) || status === 304 ? 'success' : 'failure',
          );
        },
      ),
    );
  });
});

describe('the class of an error', () => {
  it.each([
    [new TransportError('ECONNRESET', true), false, 'outcome-unknown'],
    [new TransportError('ECONNRESET', true), true, 'retry-soon'],
    [new TransportError('ECONNREFUSED', false), false, 'retry-soon'],
    [
      new LoginError('invalid_grant', 400, "user hasn't approved this consumer"),
      false,
      'configuration',
    ],
    [new LoginError('invalid_grant', 400, 'login rate exceeded'), false, 'retry-later'],
    [new LoginError('server_error', 500, ''), false, 'retry-soon'],
    [new SalesforceConfigurationError('lacks clientID'), false, 'configuration'],
    [new Error('Secrets Manager is away'), false, 'retry-soon'],
  ])('%o (repeatable: %s) is %s', (thrown, isRepeatable, expected) => {
    expect(classifyError(thrown, isRepeatable).class).toBe(expected);
  });
});

describe('what becomes of a failed message', () => {
  const failure = (name: Failure['class'], retryAfterSeconds?: number): Failure => ({
    kind: 'failure',
    class: name,
    errorCode: 'E',
    message: 'm',
    errors: [],
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
  const now = new Date(0);
  const at = (attempts: number) => ({ attempts, maxAttempts: 5, now, random: () => 0.5 });

  it('waits longer each time, never less than the server asked', () => {
    const delays = [1, 2, 3, 4].map((attempts) => decideRetry(failure('retry-soon'), at(attempts)));
    expect(delays).toEqual([1, 2, 3, 6].map((delaySeconds) => ({ kind: 'retry', delaySeconds })));
    expect(decideRetry(failure('retry-soon', 90), at(1))).toEqual({
      kind: 'retry',
      delaySeconds: 90,
    });
  });

  it('is a dead letter after the last attempt, with a time to try again when a limit ends by itself', () => {
    expect(decideRetry(failure('retry-soon'), at(5))).toEqual({ kind: 'dead-letter' });
    expect(decideRetry(failure('retry-later'), at(5))).toMatchObject({
      kind: 'dead-letter',
      notBefore: new Date(2_700_000),
    });
  });

  it('is a dead letter earlier where its error is not worth so many tries', () => {
    const unexplained = { ...failure('retry-soon'), maxAttempts: 3 };
    expect(decideRetry(unexplained, at(2))).toEqual({ kind: 'retry', delaySeconds: 2 });
    expect(decideRetry(unexplained, at(3))).toEqual({ kind: 'dead-letter' });
  });

  it.each(['permanent-data', 'permanent-size', 'configuration', 'outcome-unknown'] as const)(
    '%s is a dead letter at once',
    (name) => {
      expect(decideRetry(failure(name), at(1))).toEqual({ kind: 'dead-letter' });
    },
  );
});

describe('a reply', () => {
  const context = { id: 'r1', source: 'shop', type: 't', statefulbridge: 'b', statefulid: 's' };
  const reply = (outcome: Outcome) => toReply(context, outcome, { source: 'salesforcetarget' });

  it('answers its request by attributes and is never without data', () => {
    expect(reply({ kind: 'success', status: 204, body: '' })).toMatchObject({
      source: 'salesforcetarget',
      type: 'io.triggermesh.salesforce.apicall.response',
      category: 'success',
      processedid: 'r1',
      processedsource: 'shop',
      processedtype: 't',
      statefulbridge: 'b',
      statefulid: 's',
      data: {},
    });
  });

  it.each([
    ['always', true, true],
    ['error', false, true],
    ['errors', false, true],
    ['never', false, false],
  ] as const)(
    'with the policy %s is sent for a success: %s, for an error: %s',
    (policy, success, failure) => {
      const failed = classifyResponse(answer(404, error('NOT_FOUND')), true);
      expect(isWanted(reply({ kind: 'success', status: 200, body: {} }), policy)).toBe(success);
      expect(isWanted(reply(failed), policy)).toBe(failure);
    },
  );
});
