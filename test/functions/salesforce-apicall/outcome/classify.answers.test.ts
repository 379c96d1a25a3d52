import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LoginError,
  SalesforceConfigurationError,
  TransportError,
} from '../../../../functions/salesforce-apicall/errors.ts';
import {
  classifyError,
  classifyResponse,
} from '../../../../functions/salesforce-apicall/outcome/classify.ts';
import type { Outcome } from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';
import { retryAfterSeconds } from '../../../../functions/salesforce-apicall/outcome/retry.ts';

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
