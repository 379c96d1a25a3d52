import { describe, expect, it } from 'vitest';
import { asRedelivered } from '../../../functions/salesforce-apicall/disposition.ts';
import {
  failure,
  type Outcome,
} from '../../../functions/salesforce-apicall/outcome/failure-class.ts';
import type { ApiCallRequest } from '../../../functions/salesforce-apicall/request/schema.ts';
import type { FinishedResult } from '../../../functions/salesforce-apicall/result.ts';

const deletion: ApiCallRequest = {
  action: 'DELETE',
  resource: 'sobjects',
  object: 'Contact',
  record: '003000000000001',
};
const result = (outcome: Outcome, request?: ApiCallRequest): FinishedResult => ({
  outcome,
  code: 'adapter-process',
  durationMs: 1,
  ...(request === undefined ? {} : { request }),
});
const failed = (errorCode: string, message = 'm'): Outcome =>
  failure('permanent-data', errorCode, message);

describe('a deletion that is made again', () => {
  it.each([['ENTITY_IS_DELETED'], ['NOT_FOUND']])('and finds nothing (%s) is done', (code) => {
    const before = result(failed(code), deletion);
    expect(asRedelivered(before)).toEqual({
      ...before,
      outcome: { kind: 'success', status: 204, body: undefined },
    });
  });

  it.each([
    ['another error', failed('STRING_TOO_LONG'), deletion],
    [
      'a field that is missing',
      failed('NOT_FOUND', 'Provided External ID field does not exist'),
      deletion,
    ],
    [
      'a field that is missing, under another code',
      failed('STRING_TOO_LONG', 'no external ID field'),
      deletion,
    ],
    ['an update', failed('NOT_FOUND'), { ...deletion, action: 'PATCH' } as const],
    ['what is no request', failed('NOT_FOUND'), undefined],
    ['a success', { kind: 'success', status: 200, body: 1 } as const, deletion],
  ])('stays what it is: %s', (_what, outcome, request) => {
    const before = result(outcome, request);
    expect(asRedelivered(before)).toBe(before);
  });

  it('of a record that is deleted is done, whatever its text says', () => {
    const before = result(failed('ENTITY_IS_DELETED', 'external ID field'), deletion);
    expect(asRedelivered(before).outcome.kind).toBe('success');
  });
});
