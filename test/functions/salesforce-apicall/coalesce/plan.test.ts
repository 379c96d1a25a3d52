import { describe, expect, it } from 'vitest';
import { planCalls, RecordLimits } from '../../../../functions/salesforce-apicall/coalesce/plan.ts';
import type { PlannedRequest } from '../../../../functions/salesforce-apicall/coalesce/single.ts';
import type { ApiCallRequest } from '../../../../functions/salesforce-apicall/request/schema.ts';

const create = (object: string, more: Partial<ApiCallRequest> = {}): PlannedRequest => ({
  request: { action: 'POST', resource: 'sobjects', object, payload: { Name: 'N' }, ...more },
});
const update = (object: string): PlannedRequest =>
  create(object, { action: 'PATCH', record: '003000000000001' });

/** The places of the requests in each call. */
const planned = (
  items: readonly PlannedRequest[],
  recordLimits = new RecordLimits(200),
): number[][] =>
  planCalls(items, { apiVersion: 'v68.0', recordLimits, callSizes: new WeakMap() }).map((call) =>
    call.items.map((item) => items.indexOf(item)),
  );

describe('requests that share a collection', () => {
  it('are not of setup objects beside others', () => {
    const items = ['User', 'Contact', 'PermissionSetAssignment', 'Account', 'Territory2'];
    expect(planned(items.map((object) => create(object)))).toEqual([
      [2, 4, 0],
      [3, 1],
    ]);
  });

  it('are of one verb', () =>
    expect(planned([create('A'), update('A'), create('A'), update('A')])).toEqual([
      [0, 2],
      [1, 3],
    ]));

  it('have the same headers', () => {
    const headers = { 'Sforce-A': '1' };
    const items = [create('A', { headers }), create('A'), create('B', { headers }), create('B')];
    expect(planned(items)).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  it('stand by type, so that ten types fill a call whatever order they came in', () => {
    const items = Array.from({ length: 24 }, (_, index) =>
      create(`Type${String.fromCharCode(65 + (index % 12))}`),
    );
    expect(planned(items).map(({ length }) => length)).toEqual([20, 4]);
  });

  it('are as many as their object takes, and keep no other from taking more', () => {
    const items = Array.from({ length: 8 }, (_, index) => create(index % 2 === 0 ? 'A' : 'B'));
    const recordLimits = new RecordLimits(200);
    recordLimits.lower('A', 4);
    const calls = planned(items, recordLimits);
    expect(calls).toEqual([
      [0, 2],
      [4, 6],
      [1, 3, 5, 7],
    ]);
  });
});
