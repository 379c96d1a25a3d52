import { describe, expect, it } from 'vitest';
import { classifyResponse } from '../../../../functions/salesforce-apicall/outcome/classify.ts';
import type { Outcome } from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';
import { toReply } from '../../../../functions/salesforce-apicall/outcome/reply.ts';
import { toIncomingRequest } from '../../../../functions/salesforce-apicall/request/parse.ts';
import type { Call } from '../../../../functions/salesforce-apicall/salesforce/client.ts';
import {
  CUT_OFF,
  readBody,
} from '../../../../functions/salesforce-apicall/salesforce/transport.ts';
import { isResult, processAround } from '../harness.ts';

interface Answered {
  readonly status: number;
  readonly type?: string;
  readonly body: string;
}

const incomingOf = (request: object, id = '1') =>
  toIncomingRequest({ resource: 'sobjects', ...request }, { id, source: 'queue' });

/** What becomes of requests whose one call is answered so, and what the idempotency guard records. */
async function process(requests: readonly object[], { status, type, body }: Answered) {
  const calls: Call[] = [];
  const closed: (Outcome | undefined)[] = [];
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
  const processRequests = processAround({
    callSalesforce: async (call) => {
      calls.push(call);
      return { status, headers, ...readBody(body, headers['content-type']) };
    },
    guard: async () => ({
      kind: 'permitted',
      close: async (outcome) => {
        closed.push(outcome);
      },
    }),
  });
  const incoming = requests.map((request, index) => incomingOf(request, `${index}`));
  const results = (await processRequests(incoming, () => 9_000)).filter(isResult);
  const replies = results.map(({ outcome, code }, index) => {
    const { context } = incoming[index] ?? incomingOf({});
    return toReply(context, outcome, { source: 'target', code });
  });
  return { calls, closed, results, replies };
}

const create = { action: 'POST', object: 'Contact', payload: { LastName: 'A' } };
const read = { action: 'GET', object: 'Contact', record: '003000000000001' };
const update = { action: 'PATCH', object: 'Contact', record: 'Ext__c/1', payload: {} };
const invoke = { action: 'POST', resource: 'composite', payload: { compositeRequest: [] } };
const JSON_TYPE = 'application/json;charset=UTF-8';
const HTML = 'text/html; charset=utf-8';
const page = '<html>Maintenance</html>';

describe('a body that is not what its status promises', () => {
  it.each([
    ['a read', read, { status: 200, type: JSON_TYPE, body: '{"Id":' }, 'retry-soon'],
    ['a read', read, { status: 200, type: HTML, body: page }, 'retry-soon'],
    ['a read', read, { status: 200, body: '{' }, 'retry-soon'],
    [
      'a read',
      { ...read, record: '00P000000000001/Body' },
      { status: 200, type: 'application/octet-stream', body: '\u0000' },
      'permanent-data',
    ],
    ['an upsert', update, { status: 200, type: JSON_TYPE, body: '{' }, 'retry-soon'],
    ['another POST', invoke, { status: 200, type: JSON_TYPE, body: '{' }, 'outcome-unknown'],
    ['a create', create, { status: 200, type: HTML, body: page }, 'outcome-unknown'],
  ])('of %s is an error of its own: %j, %j', async (_what, request, answered, name) => {
    const { results, replies } = await process([request], answered);
    expect(results).toMatchObject([{ outcome: { class: name } }]);
    expect(replies).toMatchObject([
      {
        category: 'error',
        data: {
          code: 'response-parsing',
          description: expect.stringMatching(
            /^Salesforce answered HTTP 200 with a body that is not/,
          ),
          details: {
            status: 200,
            errorCode: 'UNREADABLE_ANSWER',
            retryable: name === 'retry-soon',
            errors: [],
          },
        },
      },
    ]);
    expect(JSON.stringify(replies)).not.toContain('Maintenance');
  });

  it.each([
    ['a create', create, 201],
    ['an upsert that created', update, 201],
    ['a deletion', { action: 'DELETE', object: 'Contact', record: '003000000000001' }, 204],
  ])(
    'of %s hides nothing: the effect is there, and is not repeated',
    async (_what, request, status) => {
      const { replies, closed } = await process([request], {
        status,
        type: JSON_TYPE,
        body: '{"id":',
      });
      expect(replies).toMatchObject([{ category: 'success', data: {} }]);
      expect(closed).toMatchObject([{ kind: 'success', status }]);
    },
  );

  it('of a call for several creates leaves all of them unknown, none is made again', async () => {
    const { calls, closed, replies } = await process([create, create], {
      status: 200,
      type: JSON_TYPE,
      body: '[{"id":',
    });
    expect(calls).toHaveLength(1);
    expect(closed).toMatchObject([{ class: 'outcome-unknown' }, { class: 'outcome-unknown' }]);
    expect(replies.map(({ data }) => data)).toMatchObject([
      { code: 'response-parsing', details: { retryable: false } },
      { code: 'response-parsing' },
    ]);
  });

  it('of a call for several that is JSON of another form is no other', async () => {
    const { replies } = await process([create, create], {
      status: 200,
      type: JSON_TYPE,
      body: '[]',
    });
    expect(replies).toMatchObject([
      { data: { code: 'response-parsing', details: { errorCode: 'UNEXPECTED_ANSWER' } } },
      { data: { code: 'response-parsing' } },
    ]);
  });

  it('of a refusal says no more than the status does', async () => {
    const { replies } = await process([read], { status: 503, type: HTML, body: page });
    expect(replies).toMatchObject([
      { data: { code: 'adapter-process', details: { status: 503, errorCode: 'ERROR_HTTP_503' } } },
    ]);
  });
});

describe('a body that was cut off', () => {
  it.each([
    [201, false, { kind: 'success', body: undefined }],
    [204, true, { kind: 'success', body: undefined }],
    [200, false, { class: 'outcome-unknown', errorCode: 'UNREADABLE_ANSWER' }],
    [200, true, { class: 'retry-soon', errorCode: 'UNREADABLE_ANSWER' }],
    [300, true, { class: 'permanent-data', errorCode: 'MULTIPLE_CHOICES' }],
    [400, false, { class: 'retry-soon', errorCode: 'UNREADABLE_ANSWER' }],
    [500, false, { class: 'outcome-unknown', errorCode: 'UNREADABLE_ANSWER' }],
    [500, true, { class: 'retry-soon', errorCode: 'UNREADABLE_ANSWER' }],
  ])('after the status %i (repeatable: %j) means %j', (status, isRepeatable, outcome) => {
    const answer = { status, headers: {}, body: '', unreadable: CUT_OFF };
    expect(classifyResponse(answer, isRepeatable)).toMatchObject({ status, ...outcome });
  });
});

describe('a body that can be read', () => {
  it.each([
    ['JSON', JSON_TYPE, '{"Amount":123456789012345678}', '{"Amount":123456789012345678}'],
    ['nothing', JSON_TYPE, '', '{}'],
    ['nothing at all', undefined, '', '{}'],
    ['text', 'text/csv', 'a,b', '"a,b"'],
    ['XML', 'application/xml', '<a/>', '"<a/>"'],
  ])('holds %s: %s, %s', async (_what, type, body, data) => {
    const { replies } = await process([read], { status: 200, body, ...(type ? { type } : {}) });
    expect(replies.map((reply) => JSON.stringify(reply.data))).toEqual([data]);
  });
});
