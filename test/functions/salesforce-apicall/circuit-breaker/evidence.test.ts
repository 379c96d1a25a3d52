import { describe, expect, it } from 'vitest';
import {
  evidenceOf,
  holdsBack,
  strongest,
} from '../../../../functions/salesforce-apicall/circuit-breaker/evidence.ts';
import type { Failure } from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';
import type { ApiCallRequest } from '../../../../functions/salesforce-apicall/request/schema.ts';

const failed = (name: Failure['class'], more: Partial<Failure> = {}): Failure => ({
  kind: 'failure',
  class: name,
  errorCode: 'E',
  message: 'm',
  errors: [],
  ...more,
});
const update: ApiCallRequest = { action: 'PATCH', resource: 'sobjects', object: 'Contact' };
const apex: ApiCallRequest = { action: 'POST', resource: 'apexrest', object: 'orders' };
const wrongSession = failed('configuration', { errorCode: 'INVALID_SESSION_ID', status: 401 });
const maintenance = failed('retry-later', { errorCode: 'ERROR_HTTP_503', status: 503 });
const login = failed('configuration', { errorCode: 'invalid_grant', isLogin: true });
const limit = failed('retry-later', { errorCode: 'REQUEST_LIMIT_EXCEEDED', status: 403 });

const seen = (failure: Failure, request = update, isWhole = true) => {
  const evidence = evidenceOf(failure, request, isWhole);
  return evidence && [evidence.policy.reason, evidence.scope, evidence.isProof];
};

describe('a proof that other calls fail', () => {
  it.each([
    ['the daily limit', limit, ['limit', 'all', true]],
    ['a refused login', login, ['login', 'all', true]],
    [
      'a login server that is unavailable',
      failed('retry-soon', { isLogin: true }),
      ['limit', 'all', true],
    ],
    [
      'a disabled API',
      failed('configuration', { errorCode: 'API_DISABLED_FOR_ORG', status: 403 }),
      ['login', 'all', true],
    ],
    [
      'a locked org',
      failed('retry-later', { errorCode: 'ORG_LOCKED', status: 403 }),
      ['limit', 'all', true],
    ],
    [
      'maintenance that refuses writes',
      failed('retry-later', {
        errorCode: 'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE',
        status: 400,
      }),
      ['limit', 'writes', true],
    ],
    [
      'full storage',
      failed('configuration', { errorCode: 'STORAGE_LIMIT_EXCEEDED', status: 400 }),
      ['login', 'creates', true],
    ],
  ] as const)('is %s, also as the result of one record', (_what, failure, expected) => {
    expect(seen(failure)).toEqual(expected);
    expect(seen(failure, update, false)).toEqual(expected);
  });
});

describe('a failure that may be one of the call alone', () => {
  it.each([
    ['a rejected session', wrongSession, 'login'],
    ['a maintenance page', maintenance, 'limit'],
    ['a moved org', failed('retry-later', { status: 420 }), 'limit'],
    ['an error of the server', failed('retry-soon', { status: 500 }), 'limit'],
    ['a lost connection', failed('retry-soon', { errorCode: 'ECONNRESET' }), 'limit'],
    [
      'a create whose response was lost',
      failed('outcome-unknown', { errorCode: 'ETIMEDOUT' }),
      'limit',
    ],
  ] as const)('is %s', (_what, failure, reason) => {
    expect(seen(failure)).toEqual([reason, 'all', false]);
    expect(seen(failure, update, false)).toBeUndefined();
  });
});

describe('no evidence', () => {
  it.each([
    ['a lock', failed('retry-soon', { status: 400 })],
    ['wrong data', failed('permanent-data', { status: 400 })],
    [
      "an object's permissions",
      failed('configuration', { errorCode: 'INSUFFICIENT_ACCESS', status: 403 }),
    ],
    [
      'the allocation of platform events',
      failed('retry-later', { errorCode: 'LIMIT_EXCEEDED', status: 400 }),
    ],
  ] as const)('is %s', (_what, failure) => expect(seen(failure)).toBeUndefined());

  it.each([wrongSession, maintenance, limit])('is what Apex answers: %j', (failure) =>
    expect(seen(failure, apex)).toBeUndefined(),
  );

  it('is nothing but a refused login on the way to Apex', () =>
    expect(seen(login, apex)).toEqual(['login', 'all', true]));
});

describe('strongest', () => {
  it('prefers proofs, then what holds back more', () => {
    const [one, other, third] = [
      maintenance,
      limit,
      failed('configuration', { errorCode: 'STORAGE_LIMIT_EXCEEDED' }),
    ].map((failure) => evidenceOf(failure, update, true));
    if (!one || !other || !third) throw new Error('no evidence');
    expect(strongest([one, third, other])).toBe(other);
    expect(strongest([one, third])).toBe(third);
    expect(strongest([])).toBeUndefined();
  });
});

describe('holdsBack', () => {
  it.each([
    ['all', ['GET', 'POST', 'PATCH', 'DELETE']],
    ['writes', ['POST', 'PATCH', 'DELETE']],
    ['creates', ['POST']],
  ] as const)('%s: %j', (scope, actions) => {
    const all = ['GET', 'POST', 'PATCH', 'DELETE'] as const;
    expect(all.filter((action) => holdsBack(scope, { ...update, action }))).toEqual(actions);
  });
});
