import { describe, expect, it } from 'vitest';
import {
  classOf,
  maxAttemptsOf,
} from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';

import { errorBodies } from './error-bodies.ts';

const LOCK = 'caused by: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access';
const CONCURRENT = 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.';

describe('an error of Salesforce', () => {
  it.each([
    ['REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.', 'retry-later'],
    ['REQUEST_LIMIT_EXCEEDED', CONCURRENT, 'retry-soon'],
    ['REQUEST_LIMIT_EXCEEDED', 'ConcurrentPerOrgLongTxn Limit exceeded.', 'retry-soon'],
    ['REQUEST_LIMIT_EXCEEDED', 'Concurrent users', 'retry-later'],
    ['REQUEST_LIMIT_EXCEEDED', LOCK, 'retry-later'],
    ['APEX_ERROR', CONCURRENT, 'retry-soon'],
    ['CANNOT_EXECUTE_FLOW_TRIGGER', LOCK, 'retry-soon'],
    ['CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', LOCK, 'retry-soon'],
    ['CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'null pointer', 'permanent-data'],
    ['STRING_TOO_LONG', CONCURRENT, 'permanent-data'],
    ['STRING_TOO_LONG', LOCK, 'permanent-data'],
    ['DUPLICATE_VALUE', 'Duplicate id specified: 003', 'alone'],
    ['DUPLICATE_VALUE', 'Duplicate external id specified: a', 'alone'],
    ['DUPLICATE_VALUE', 'duplicate value found: Key__c', 'permanent-data'],
    ['STRING_TOO_LONG', 'Duplicate id specified', 'permanent-data'],
    ['NOBODY_KNOWS', CONCURRENT, 'permanent-data'],
  ])('%s "%s" is %s', (errorCode, message, name) =>
    expect(classOf(400, [{ errorCode, message }])).toBe(name),
  );

  it('is what the first of several says', () => {
    const [lock, data] = ['UNABLE_TO_LOCK_ROW', 'STRING_TOO_LONG'].map((errorCode) => ({
      errorCode,
      message: '',
    }));
    expect(lock && data && [classOf(400, [lock, data]), classOf(400, [data, lock])]).toEqual([
      'retry-soon',
      'permanent-data',
    ]);
  });
});

describe('a code that is known', () => {
  const known = errorBodies.filter(([, errorCode]) => errorCode !== 'SOMETHING_NEW');

  it.each(known)('(%i %s "%s") means the same under every status', (_, errorCode, message) => {
    const classes = [400, 401, 404, 413, 420, 503].map((status) =>
      classOf(status, [{ errorCode, message }]),
    );
    expect(new Set(classes).size).toBe(1);
  });
});

describe('the status, where nothing else says more,', () => {
  it.each([
    ['configuration', [301, 302, 307, 399, 401, 403, 410]],
    ['permanent-data', [300, 400, 402, 404, 405, 411, 412, 415, 421, 499]],
    ['permanent-size', [413, 414, 431]],
    ['retry-soon', [408, 409, 425, 429, 500, 501, 502, 503, 504, 599]],
    ['retry-later', [420]],
  ])('is %s for %j', (name, statuses) => {
    expect(statuses.map((status) => classOf(status, []))).toEqual(statuses.map(() => name));
    const unknown = [{ errorCode: 'NOBODY_KNOWS', message: '' }];
    expect(statuses.map((status) => classOf(status, unknown))).toEqual(statuses.map(() => name));
  });
});

describe('the tries that an error is worth', () => {
  it.each([
    [500, [{ errorCode: 'UNKNOWN_EXCEPTION', message: 'An unexpected error occurred' }], 3],
    [500, [{ errorCode: 'UNKNOWN_EXCEPTION', message: LOCK }], undefined],
    [500, [{ errorCode: 'INTERNAL_ERROR', message: '' }], undefined],
    [409, [], 3],
    [409, [{ errorCode: 'UNABLE_TO_LOCK_ROW', message: '' }], 3],
    [500, [], undefined],
  ])('of %i %j are limited to %j', (status, errors, tries) =>
    expect(maxAttemptsOf(status, errors)).toBe(tries),
  );
});
