import { describe, expect, it } from 'vitest';
import { policyOf, requestFailureClasses } from '../../../../functions/common/failure-policy.ts';
import {
  LoginError,
  SalesforceConfigurationError,
  TransportError,
} from '../../../../functions/salesforce-apicall/errors.ts';
import {
  classifyError,
  classifyResponse,
  isTooBig,
} from '../../../../functions/salesforce-apicall/outcome/classify.ts';
import {
  failure,
  isRetryable,
  type Outcome,
} from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';

const classified = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  classifyResponse({ status, headers, body }, true);
const failed = (name: Parameters<typeof failure>[0], errorCode: string, message: string) => ({
  kind: 'failure',
  class: name,
  errorCode,
  message,
  errors: [],
});

describe('an answer', () => {
  it.each([
    [200, { id: 1 }, { id: 1 }],
    [201, [], []],
    [299, '', ''],
    [304, 'ignored', undefined],
  ])('with %i and %j is a success that holds %j', (status, body, held) => {
    expect(classified(status, body)).toStrictEqual({ kind: 'success', status, body: held });
  });

  it.each([
    [300, ['/a', '/b'], 'MULTIPLE_CHOICES'],
    [404, '<html>', 'ERROR_HTTP_404'],
    [404, [], 'ERROR_HTTP_404'],
    [404, { errorCode: 'NOT_IN_A_LIST' }, 'ERROR_HTTP_404'],
    [404, [null, undefined, 'text', 1, { message: 'm' }, { errorCode: 1 }], 'ERROR_HTTP_404'],
  ])('with %i and %j, which names no error, is one by its status', (status, body, errorCode) => {
    expect(classified(status, body)).toStrictEqual({
      ...failed('permanent-data', errorCode, `Salesforce answered HTTP ${status}`),
      status,
    });
  });

  it('keeps what its errors say, in their own form or in that of a collection', () => {
    const body = [
      { statusCode: 'STRING_TOO_LONG', message: 'a', fields: ['X', 1], more: true },
      { errorCode: 'B', statusCode: 'C', message: 'b', fields: [] },
      { errorCode: 'D', fields: 'X' },
    ];
    const errors = [
      { errorCode: 'STRING_TOO_LONG', message: 'a', fields: ['X', '1'] },
      { errorCode: 'B', message: 'b' },
      { errorCode: 'D', message: '' },
    ];
    expect(classified(400, body)).toStrictEqual({
      ...failed('permanent-data', 'STRING_TOO_LONG', 'a'),
      status: 400,
      errors,
    });
  });

  it('says when to come back, and after how many tries not to, where that is known', () => {
    expect(classified(503, '', { 'retry-after': '7' })).toStrictEqual({
      ...failed('retry-soon', 'ERROR_HTTP_503', 'Salesforce answered HTTP 503'),
      status: 503,
      retryAfterSeconds: 7,
    });
    expect(classified(409, '')).toStrictEqual({
      ...failed('retry-soon', 'ERROR_HTTP_409', 'Salesforce answered HTTP 409'),
      status: 409,
      maxAttempts: 3,
    });
  });

  it.each([
    [503, 'We are down for Maintenance', 'retry-later'],
    [503, [{ errorCode: 'E', message: 'under maintenance' }], 'retry-later'],
    [503, 'busy', 'retry-soon'],
    [500, 'maintenance', 'retry-soon'],
    [400, [{ errorCode: 'E', message: 'maintenance' }], 'permanent-data'],
  ])('with %i and %j is %s: maintenance takes longer', (status, body, name) =>
    expect(classified(status, body)).toMatchObject({ class: name }),
  );
});

describe('a login that failed', () => {
  it.each([
    ['invalid_grant', 400, 'expired', 'configuration'],
    ['invalid_grant', 400, 'Login Rate Exceeded', 'retry-later'],
    ['server_error', 400, '', 'retry-soon'],
    ['temporarily_unavailable', 400, '', 'retry-soon'],
    ['rate_limit_exceeded', 400, '', 'retry-soon'],
    ['other', 500, '', 'retry-soon'],
    ['other', 503, '', 'retry-soon'],
    ['other', 429, '', 'retry-soon'],
    ['other', 499, '', 'configuration'],
  ] as const)('with %s, %i, "%s" is %s', (errorCode, status, message, name) => {
    for (const isRepeatable of [true, false]) {
      expect(classifyError(new LoginError(errorCode, status, message), isRepeatable)).toStrictEqual(
        {
          ...failed(name, errorCode, message),
          isLogin: true,
        },
      );
    }
  });
});

describe('an error on the way', () => {
  const outside = 'A service that this function depends on failed';

  it.each([
    [
      new SalesforceConfigurationError('lacks clientID'),
      {
        ...failed('configuration', 'SalesforceConfigurationError', 'lacks clientID'),
        isLogin: true,
      },
    ],
    [
      new TransportError('ECONNRESET', true),
      failed('outcome-unknown', 'ECONNRESET', 'No response from Salesforce (ECONNRESET)'),
    ],
    [
      new TransportError('ECONNREFUSED', false),
      failed('retry-soon', 'ECONNREFUSED', 'No response from Salesforce (ECONNREFUSED)'),
    ],
    [new TypeError('secret text'), failed('retry-soon', 'TypeError', outside)],
    ['a text', failed('retry-soon', 'UnknownError', outside)],
    [undefined, failed('retry-soon', 'UnknownError', outside)],
  ])('%o is described without what it quotes', (error, expected) =>
    expect(classifyError(error, false)).toStrictEqual(expected),
  );
});

describe('a failure', () => {
  it.each(requestFailureClasses)('of the class %s is retryable if its policy retries it', (name) =>
    expect(isRetryable(failure(name, 'E', 'm'))).toBe(policyOf(name).retry !== 'never'),
  );

  const withMessages = (...messages: string[]): Outcome => ({
    ...failure('permanent-data', 'E', 'm'),
    errors: messages.map((message) => ({ errorCode: 'E', message })),
  });

  it.each([
    'Apex CPU time limit exceeded',
    'System.LimitException: Apex heap size too large: 6000001',
    'Too many SOQL queries: 101',
    'too many DML rows: 10001',
    'Too many query rows: 50001',
    'Too many records in one chunk',
    'Cannot have more than 10 chunks in a single operation',
  ])('that says "%s" may not be one with fewer records', (message) => {
    expect(isTooBig(withMessages(message))).toBe(true);
    expect(isTooBig(withMessages('other', message))).toBe(true);
  });

  it('of another kind, and a success, would be the same with fewer', () => {
    expect(isTooBig(withMessages('Too many characters'))).toBe(false);
    expect(isTooBig(withMessages())).toBe(false);
    expect(isTooBig({ kind: 'success', status: 200, body: 'Too many SOQL queries' })).toBe(false);
  });
});
