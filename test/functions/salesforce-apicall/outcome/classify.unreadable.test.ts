import { describe, expect, it } from 'vitest';
import {
  contractCodeOf,
  isUnclearStatus,
  unreadableOutcome,
} from '../../../../functions/salesforce-apicall/outcome/classify.ts';
import { failure } from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';
import {
  CUT_OFF,
  TOO_LARGE,
} from '../../../../functions/salesforce-apicall/salesforce/transport.ts';

const JSON_TYPE = 'application/json';
const outcomeOf = (status: number, unreadable: string | undefined, isRepeatable: boolean) =>
  unreadableOutcome(
    { status, headers: {}, body: '', ...(unreadable === undefined ? {} : { unreadable }) },
    isRepeatable,
  );

describe('an answer whose body cannot be read', () => {
  it.each([
    [200, JSON_TYPE, 'retry-soon', 'outcome-unknown'],
    [200, 'text/html', 'retry-soon', 'outcome-unknown'],
    [200, 'none', 'retry-soon', 'outcome-unknown'],
    [200, CUT_OFF, 'retry-soon', 'outcome-unknown'],
    [200, 'image/png', 'permanent-data', 'outcome-unknown'],
    [400, JSON_TYPE, 'retry-soon', 'retry-soon'],
    [404, CUT_OFF, 'retry-soon', 'retry-soon'],
    [500, JSON_TYPE, 'retry-soon', 'outcome-unknown'],
    [502, CUT_OFF, 'retry-soon', 'outcome-unknown'],
    [504, CUT_OFF, 'retry-soon', 'outcome-unknown'],
    [503, CUT_OFF, 'retry-soon', 'retry-soon'],
  ])('%i, %s is %s where it may be repeated, else %s', (status, type, repeatable, once) => {
    const what = type === CUT_OFF ? 'was cut off' : `is not JSON (content type ${type})`;
    for (const isRepeatable of [true, false]) {
      expect(outcomeOf(status, type, isRepeatable)).toEqual({
        kind: 'failure',
        class: isRepeatable ? repeatable : once,
        status,
        errorCode: 'UNREADABLE_ANSWER',
        message: `Salesforce answered HTTP ${status} with a body that ${what}`,
        errors: [],
      });
    }
  });

  it.each([
    [200, 'permanent-size', 'outcome-unknown'],
    [400, 'permanent-size', 'permanent-size'],
    [500, 'permanent-size', 'outcome-unknown'],
  ])('%i, too large, is %s where it may be repeated, else %s', (status, repeatable, once) => {
    const errorCode = 'ANSWER_TOO_LARGE';
    const message = `Salesforce answered HTTP ${status} with a body that has more than 6 MB: request fewer records or fields`;
    for (const isRepeatable of [true, false])
      expect(outcomeOf(status, TOO_LARGE, isRepeatable)).toMatchObject({
        class: isRepeatable ? repeatable : once,
        errorCode,
        message,
      });
  });

  it.each([201, 204])('%i says all that there is to say', (status) => {
    for (const isRepeatable of [true, false]) {
      expect(outcomeOf(status, CUT_OFF, isRepeatable)).toEqual({
        kind: 'success',
        status,
        body: undefined,
      });
    }
  });

  it.each([
    [200, undefined],
    [300, CUT_OFF],
    [302, 'text/html'],
    [399, JSON_TYPE],
    [400, 'text/html'],
    [503, 'none'],
  ])('%i, %j is what its status says', (status, type) =>
    expect(outcomeOf(status, type, false)).toBeUndefined(),
  );
});

describe('the step that failed', () => {
  it.each([
    [failure('retry-soon', 'UNREADABLE_ANSWER', 'm'), 'response-parsing'],
    [failure('outcome-unknown', 'UNEXPECTED_ANSWER', 'm'), 'response-parsing'],
    [failure('permanent-size', 'ANSWER_TOO_LARGE', 'm'), 'response-parsing'],
    [failure('permanent-data', 'NOT_FOUND', 'm'), 'adapter-process'],
    [{ kind: 'success', status: 200, body: {} } as const, 'adapter-process'],
  ])('of %j is %s', (outcome, code) => expect(contractCodeOf(outcome)).toBe(code));

  it('is unclear after 500, 502 and 504 alone', () => {
    const unclear = [499, 500, 501, 502, 503, 504, 505].filter(isUnclearStatus);
    expect(unclear).toEqual([500, 502, 504]);
  });
});
