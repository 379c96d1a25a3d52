import { planCalls, RecordLimits } from '../../../../functions/salesforce-apicall/coalesce/plan.ts';
import type {
  ApiCall,
  PlannedRequest,
} from '../../../../functions/salesforce-apicall/coalesce/single.ts';
import {
  outcomesOf,
  splitFailures,
} from '../../../../functions/salesforce-apicall/coalesce/split.ts';
import { parseRequest } from '../../../../functions/salesforce-apicall/request/schema.ts';

export const plan = (items: readonly PlannedRequest[], maxRecords = 200) =>
  planCalls(items, {
    apiVersion: 'v68.0',
    recordLimits: new RecordLimits(maxRecords),
    callSizes: new WeakMap(),
  });

/** What becomes of the requests of a call after a response. */
export const splitBy = (call: ApiCall<PlannedRequest>, status: number, body: unknown) => {
  const response = { status, headers: {}, body };
  const { alone, halve, smaller, ...split } = splitFailures(call, outcomesOf(call, response));
  const items = (some: typeof alone) => some.map(({ item }) => item);
  const again = { alone: items(alone), halve: items(halve), smaller: items(smaller) };
  return { ...split, ...again, failed: [...smaller, ...split.finished] };
};

export const request = (data: object): PlannedRequest => ({
  request: parseRequest({ resource: 'sobjects', object: 'Contact', ...data }),
});
export const create = (LastName: string, object = 'Contact'): PlannedRequest =>
  request({ action: 'POST', object, payload: { LastName } });
export const many = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));
export const id = (index: number): string => `003${String(index).padStart(12, '0')}`;
