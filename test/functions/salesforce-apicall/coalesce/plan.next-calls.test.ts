import { describe, expect, it } from 'vitest';
import {
  nextStep,
  planCalls,
  RecordLimits,
} from '../../../../functions/salesforce-apicall/coalesce/plan.ts';
import type {
  ApiCall,
  PlannedRequest,
} from '../../../../functions/salesforce-apicall/coalesce/single.ts';
import { outcomesOf } from '../../../../functions/salesforce-apicall/coalesce/split.ts';

const create = (LastName: number): PlannedRequest => ({
  request: { action: 'POST', resource: 'sobjects', object: 'Contact', payload: { LastName } },
});
const creates = (count: number): PlannedRequest[] =>
  Array.from({ length: count }, (_, one) => create(one));
const error = (errorCode: string, message = 'm') => [{ errorCode, message }];
const tooMuch = error('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'Too many SOQL queries: 101');

function scene(count: number, maxRecords = 200) {
  const recordLimits = new RecordLimits(maxRecords);
  const options = { recordLimits, callSizes: new WeakMap(), apiVersion: 'v68.0' };
  const items = creates(count);
  const calls = planCalls(items, options);
  const [first] = calls;
  if (first === undefined) throw new Error('no call');
  const answered = (status: number, body: unknown) => {
    const outcomes = outcomesOf(first, { status, headers: {}, body });
    const { finished, planAgain } = nextStep(first, outcomes, options);
    return { finished, calls: planAgain() };
  };
  const places = (some: readonly ApiCall<PlannedRequest>[]): number[][] =>
    some.map((call) => call.items.map((item) => items.indexOf(item)));
  return { answered, calls, places, recordLimits };
}

describe('the calls for requests', () => {
  it('have the given API version and size', () => {
    const { calls, places } = scene(5, 2);
    expect(places(calls)).toEqual([[0, 1], [2, 3], [4]]);
    expect(calls.map(({ call }) => call.path)).toEqual([
      '/services/data/v68.0/composite/sobjects',
      '/services/data/v68.0/composite/sobjects',
      '/services/data/v68.0/sobjects/Contact',
    ]);
  });

  it('are none after an answer to each request', () => {
    const { answered } = scene(2);
    const fine = { id: '003', success: true, errors: [] };
    const { calls, finished } = answered(200, [fine, fine]);
    expect([finished.length, calls]).toEqual([2, []]);
  });

  it('repeat a rejected call in halves, the first one the longer, without lowering the record limit', () => {
    const { answered, places, recordLimits } = scene(5);
    const { calls, finished } = answered(400, error('JSON_PARSER_ERROR'));
    expect([finished, places(calls)]).toEqual([
      [],
      [
        [0, 1, 2],
        [3, 4],
      ],
    ]);
    expect(recordLimits.maxRecordsOf('Contact')).toBe(200);
    expect(calls.map(({ isResend }) => isResend)).toEqual([undefined, undefined]);
  });

  it('halve the record limit of an object whose automation failed on too many', () => {
    const { answered, places, recordLimits } = scene(9);
    const { calls } = answered(400, tooMuch);
    expect(recordLimits.maxRecordsOf('Contact')).toBe(4);
    expect(places(calls)).toEqual([[0, 1, 2, 3], [4], [5, 6, 7, 8]]);
  });

  it('share smaller calls after one that failed: at most 20, then none', () => {
    const { answered, places } = scene(45);
    const sizes = places(answered(500, error('UNKNOWN_EXCEPTION')).calls);
    expect(sizes.map(({ length }) => length)).toEqual([20, 20, 5]);
    const smaller = scene(20);
    const alone = smaller.places(smaller.answered(500, error('UNKNOWN_EXCEPTION')).calls);
    expect(alone).toEqual(Array.from({ length: 20 }, (_, index) => [index]));
  });

  it('repeat requests alone, once, if others made them fail', () => {
    const { answered, places } = scene(3);
    const [rolledBack] = error('ALL_OR_NONE_OPERATION_ROLLED_BACK');
    const along = { success: false, errors: [rolledBack] };
    const { calls, finished } = answered(200, [along, { success: true, id: '003' }, along]);
    expect([finished.length, places(calls)]).toEqual([1, [[0], [2]]]);
    expect(calls.map(({ call, isResend }) => [call.path, isResend])).toEqual([
      ['/services/data/v68.0/sobjects/Contact', true],
      ['/services/data/v68.0/sobjects/Contact', true],
    ]);
  });
});
