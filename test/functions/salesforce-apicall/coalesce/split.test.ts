import { describe, expect, it } from 'vitest';
import type {
  ApiCall,
  PlannedRequest,
} from '../../../../functions/salesforce-apicall/coalesce/single.ts';
import {
  outcomesOf,
  splitFailures,
} from '../../../../functions/salesforce-apicall/coalesce/split.ts';
import type { ApiCallRequest } from '../../../../functions/salesforce-apicall/request/schema.ts';
import type { ApiResponse } from '../../../../functions/salesforce-apicall/salesforce/client.ts';

const create: ApiCallRequest = { action: 'POST', resource: 'sobjects', object: 'Contact' };
const update: ApiCallRequest = { ...create, action: 'PATCH', record: '003000000000001' };
const upsert: ApiCallRequest = { ...create, action: 'PATCH', record: 'Key__c/a' };

const answer = (status: number, body: unknown = ''): ApiResponse => ({
  status,
  headers: {},
  body,
});
const error = (status: number, errorCode: string, message = 'm'): ApiResponse =>
  answer(status, [{ errorCode, message }]);
const fine = answer(204);
const locked = error(400, 'UNABLE_TO_LOCK_ROW');
const wrong = error(400, 'STRING_TOO_LONG');
const rolledBack = error(400, 'ALL_OR_NONE_OPERATION_ROLLED_BACK');
const tooMuch = error(400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'Apex CPU time limit exceeded');
const concurrent = error(
  400,
  'DUPLICATE_VALUE',
  'duplicate value found: Key__c duplicates value on',
);

interface Case {
  readonly requests?: readonly ApiCallRequest[];
  readonly isResend?: true;
}

/** What becomes of the requests, by their index, of a call answered with `answers` for each or with `whole`. */
function splitOf(
  answers: ApiResponse[] | undefined,
  whole: ApiResponse = answer(200),
  { requests = [update, update, update], ...more }: Case = {},
) {
  const items = requests.map((request): PlannedRequest => ({ request }));
  const call: ApiCall<PlannedRequest> = {
    items,
    call: { method: 'POST', path: '/', headers: {} },
    toResponses: () => answers,
    ...more,
  };
  const split = splitFailures(call, outcomesOf(call, whole));
  const { finished, alone, halve, smaller, tooBig } = split;
  const places = (some: readonly { readonly item: PlannedRequest }[]): number[] =>
    some.map(({ item }) => items.indexOf(item));
  return {
    finished: places(finished),
    alone: places(alone),
    halve: places(halve),
    smaller: places(smaller),
    isTooBig: tooBig.length > 0,
    outcomes: finished.map(({ outcome }) => outcome),
  };
}

describe('of requests that were answered each', () => {
  it.each([
    ['all are made', [fine, locked, wrong], { finished: [0, 1, 2], alone: [], halve: [] }],
    [
      'those that others took along are made alone',
      [wrong, rolledBack, fine],
      { finished: [0, 2], alone: [1], halve: [] },
    ],
    [
      'those that the session ended over are made alone',
      [fine, error(401, 'OTHER'), error(400, 'INVALID_SESSION_ID')],
      { finished: [0], alone: [1, 2], halve: [] },
    ],
    [
      'those that were too many are halved',
      [tooMuch, fine, tooMuch],
      { finished: [1], alone: [], halve: [0, 2], isTooBig: true },
    ],
    [
      'what is halved is not made alone too',
      [error(400, 'PROCESSING_HALTED', 'Too many DML rows: 10001'), rolledBack, fine],
      { finished: [2], alone: [1], halve: [0], isTooBig: true },
    ],
  ])('%s', (_what, answers, expected) =>
    expect(splitOf(answers)).toMatchObject({ isTooBig: false, ...expected }),
  );

  it('an upsert that was overtaken is made alone, but once', () => {
    const requests = [upsert, update];
    expect(splitOf([concurrent, fine], answer(200), { requests })).toMatchObject({
      finished: [1],
      alone: [0],
    });
    const again = splitOf([concurrent], answer(200), { requests: [upsert], isResend: true });
    expect(again).toMatchObject({ finished: [0], alone: [] });
  });

  it('one that stood alone is never made again for what others do', () => {
    for (const one of [rolledBack, tooMuch, wrong, error(401, 'INVALID_SESSION_ID')]) {
      expect(splitOf([one], answer(200), { requests: [update] })).toMatchObject({
        finished: [0],
        alone: [],
        halve: [],
      });
    }
  });
});

describe('of requests whose call was answered as a whole', () => {
  it.each([
    ['wrong data is looked for in halves', wrong, { finished: [], halve: [0, 1, 2] }],
    ['a size is looked for in halves', answer(413, '<html>'), { finished: [], halve: [0, 1, 2] }],
    [
      'too much for automation is halved',
      tooMuch,
      { finished: [], halve: [0, 1, 2], isTooBig: true },
    ],
    ['a lock is looked for in smaller calls', locked, { finished: [], smaller: [0, 1, 2] }],
    ['an outage is, unless the breaker opens', answer(503), { finished: [], smaller: [0, 1, 2] }],
    [
      'refused rights are looked for in halves',
      error(403, 'INSUFFICIENT_ACCESS'),
      { finished: [], halve: [0, 1, 2] },
    ],
    [
      'a rejected session is looked for in halves, unless the breaker opens',
      error(401, 'INVALID_SESSION_ID'),
      { finished: [], halve: [0, 1, 2] },
    ],
    [
      'a success that says nothing is looked for in smaller calls',
      fine,
      { finished: [], smaller: [0, 1, 2] },
    ],
  ])('%s', (_what, whole, expected) =>
    expect(splitOf(undefined, whole)).toMatchObject({
      isTooBig: false,
      alone: [],
      halve: [],
      smaller: [],
      ...expected,
    }),
  );

  it('one alone is finished, whatever it was rejected for', () => {
    const one = splitOf(undefined, wrong, { requests: [update] });
    expect(one).toMatchObject({ finished: [0], halve: [], alone: [] });
  });

  it('a success that says nothing is tried again where that does no harm', () => {
    const split = splitOf(undefined, answer(200, {}), { requests: [create, update] });
    expect(split).toMatchObject({
      finished: [0],
      smaller: [1],
      outcomes: [
        {
          kind: 'failure',
          class: 'outcome-unknown',
          errorCode: 'UNEXPECTED_ANSWER',
          message: "Salesforce's response does not tell the result of this request",
          errors: [],
        },
      ],
    });
  });
});
