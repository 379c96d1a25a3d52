import { readFileSync } from 'node:fs';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { toHttpResponse } from '../../../functions/salesforce-apicall/invoke.ts';
import { parseHttp } from '../../../functions/salesforce-apicall/request/http.ts';
import type { Call } from '../../../functions/salesforce-apicall/salesforce/client.ts';
import { urlEvent } from '../harness.ts';
import { createHarness } from './harness.ts';

const sample = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../events/${name}.json`, import.meta.url), 'utf8'));

const request: Record<string, unknown> = {
  action: 'POST',
  resource: 'sobjects',
  object: 'Contact',
  payload: { LastName: 'Nakamura' },
};

/** The function without a queue, and an org that takes everything. */
function scene(status = 201, body: unknown = { id: '003' }) {
  const calls: Call[] = [];
  const { send } = createHarness({
    callSalesforce: async (call) => {
      calls.push(call);
      return { status, body, headers: {} };
    },
  });
  return {
    calls,
    http: (event: LambdaFunctionURLEvent) => send(() => parseHttp(event), toHttpResponse),
    invoke: (event: unknown) => send(() => event),
  };
}

describe('a CloudEvent over HTTP', () => {
  it('in binary mode is answered in the same call', async () => {
    const { calls, http } = scene();
    expect(await http(sample('apicall-http-binary'))).toMatchObject({
      category: 'success',
      type: 'io.triggermesh.salesforce.apicall.response',
      processedid: '4f0cf2f4-3d1c-4a30-b6a4-0b6f2a8ad6d5',
      processedsource: 'com.example.orders',
      data: { id: '003' },
    });
    expect(calls).toMatchObject([{ method: 'POST', body: '{"LastName":"Nakamura"}' }]);
  });

  it('in structured mode is the same, with the extensions of a bridge', async () => {
    const { calls, http } = scene(204, '');
    const headers = { 'content-type': 'application/cloudevents+json' };
    const body = JSON.stringify(sample('apicall-cloudevent'));
    expect(await http(urlEvent({ headers, body }))).toMatchObject({
      category: 'success',
      processedsource: 'com.example.orders',
      statefulbridge: 'orders-bridge',
      statefulid: 'order-4711',
      data: {},
    });
    expect(calls).toMatchObject([
      {
        method: 'PATCH',
        path: '/services/data/v68.0/sobjects/Contact/External_Id__c/customer-4711',
      },
    ]);
  });

  it('is read from base64, as Lambda encodes what it does not know to be text', async () => {
    const { calls, http } = scene();
    const body = Buffer.from(JSON.stringify({ ...request, payload: { LastName: 'Ōé' } }));
    await http(urlEvent({ body }));
    expect(calls).toMatchObject([{ body: '{"LastName":"Ōé"}' }]);
  });

  it.each([
    ['no body', urlEvent({}), 'request-parsing'],
    ['no JSON', urlEvent({ body: '{' }), 'request-parsing'],
    ['a batch of events', urlEvent({ body: '[]' }), 'request-parsing'],
    ['no id', urlEvent({ body: '{"specversion":"1.0","source":"s"}' }), 'event-context'],
    [
      'a type that is not answered',
      urlEvent({
        headers: {
          'ce-specversion': '1.0',
          'ce-id': '1',
          'ce-source': 's',
          'ce-type': 'my-curl-type',
        },
        body: JSON.stringify(request),
      }),
      'event-context',
    ],
    ['no action', urlEvent({ body: '{"resource":"sobjects"}' }), 'request-validation'],
  ])('with %s is answered with the reason, without a call', async (_what, event, code) => {
    const { calls, http } = scene();
    expect(await http(event)).toMatchObject({ category: 'error', data: { code } });
    expect(calls).toEqual([]);
  });

  it('is answered with 200 and a structured CloudEvent, whatever became of it', async () => {
    const { http } = scene(400, [{ errorCode: 'STRING_TOO_LONG', message: 'too long' }]);
    const response = toHttpResponse(await http(urlEvent({ body: JSON.stringify(request) })));
    expect(response).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    });
    expect(JSON.parse(Object(response).body)).toMatchObject({
      specversion: '1.0',
      category: 'error',
      data: { code: 'adapter-process', details: { status: 400, errorCode: 'STRING_TOO_LONG' } },
    });
  });
});

describe('a direct invocation', () => {
  it.each([
    ['a bare request', sample('apicall-bare-request')],
    ['a CloudEvent', sample('apicall-cloudevent')],
    ['an event of the bus', sample('bus-apicall-request')],
  ])('takes %s', async (_what, event) => {
    const { calls, invoke } = scene();
    expect(await invoke(event)).toMatchObject({ category: 'success' });
    expect(calls).toHaveLength(1);
  });

  it('is answered under the name of the invocation when its request has none', async () => {
    expect(await scene().invoke(request)).toMatchObject({ processedid: 'invocation-1' });
  });

  it('keeps the outcome of a reply that is larger than Lambda returns', async () => {
    const body = { text: '"'.repeat(4_000_000) };
    const read = { action: 'GET', resource: 'query', query: { q: 'SELECT Id FROM Case' } };
    expect(await scene(200, body).invoke(read)).toMatchObject({
      category: 'error',
      data: { code: 'response-parsing', details: { errorCode: 'ANSWER_TOO_LARGE' } },
    });
    expect(await scene(201, body).invoke(request)).toMatchObject({ category: 'success', data: {} });
    const errors = [{ errorCode: 'STRING_TOO_LONG', message: body.text }];
    const refused = await scene(400, errors).invoke(request);
    expect(refused).toMatchObject({ data: { details: { errorCode: 'STRING_TOO_LONG' } } });
    expect(JSON.stringify(refused).length).toBeLessThan(6_000_000);
  });

  it('over HTTP, where a reply is a text inside of the result, has less room', async () => {
    const body = { text: '"'.repeat(1_600_000) };
    const read = { action: 'GET', resource: 'query', query: { q: 'SELECT Id FROM Case' } };
    expect(await scene(200, body).invoke(read)).toMatchObject({ category: 'success' });
    const event = urlEvent({ body: JSON.stringify(read) });
    expect(await scene(200, body).http(event)).toMatchObject({ category: 'error' });
  });

  it('of what is no event at all is answered with the reason', async () => {
    expect(await scene().invoke(null)).toMatchObject({ data: { code: 'request-parsing' } });
  });

  it('sends the headers of its request, beside those of every call', async () => {
    const { calls, invoke } = scene();
    await invoke(sample('apicall-bare-request'));
    expect(calls[0]?.headers).toEqual({
      'Sforce-Auto-Assign': 'false',
      accept: 'application/json',
      'content-type': 'application/json',
    });
  });
});
