import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestError } from '../../../functions/salesforce-apicall/errors.ts';
import { requireAllowed } from '../../../functions/salesforce-apicall/request/allow-lists.ts';
import {
  requireRequestType,
  toIncomingRequest,
} from '../../../functions/salesforce-apicall/request/parse.ts';
import { parseRequest } from '../../../functions/salesforce-apicall/request/schema.ts';
import { fitPayload, requestPath } from '../../../functions/salesforce-apicall/request/url.ts';

const base = { action: 'GET', resource: 'sobjects' };
const path = (request: object): string =>
  requestPath(parseRequest({ ...base, ...request }), 'v68.0');

describe('a request', () => {
  it.each([
    [
      { action: 'POST', resource: 'sobjects', object: 'account', payload: { Name: 'test' } },
      '/services/data/v68.0/sobjects/account',
    ],
    [
      { action: 'DELETE', resource: 'sobjects', object: 'account', record: '0014x000005VB1fAAG' },
      '/services/data/v68.0/sobjects/account/0014x000005VB1fAAG',
    ],
    [
      {
        action: 'GET',
        resource: 'sobjects',
        object: 'account',
        record: '0014x',
        query: { fields: 'AccountNumber,BillingPostalCode' },
      },
      '/services/data/v68.0/sobjects/account/0014x?fields=AccountNumber%2CBillingPostalCode',
    ],
    [
      {
        action: 'PATCH',
        resource: 'sobjects',
        object: 'account',
        record: '0014x',
        payload: { Name: 'test2' },
      },
      '/services/data/v68.0/sobjects/account/0014x',
    ],
  ])("%j of TriggerMesh's documentation goes to %s", (request, expected) => {
    expect(requestPath(parseRequest(request), 'v68.0')).toBe(expected);
  });

  it('takes the action in any case', () =>
    expect(parseRequest({ ...base, action: 'post' }).action).toBe('POST'));

  it.each([
    [{}, /^action: .*; resource: /],
    [{ ...base, action: 'create' }, /^action: /],
    [{ ...base, payloads: {}, extra: 1 }, /^unknown key: payloads, extra$/],
    [{ ...base, query: { limit: 5 } }, /^query.limit: /],
    [{ ...base, resource: '../apexrest' }, /^resource: /],
    [{ ...base, resource: 'https://evil.example' }, /^resource: /],
    [{ ...base, object: '..' }, /^object: must not hold/],
    [{ ...base, record: 'a/../../apexrest' }, /^record: must not hold/],
    [{ ...base, record: 'a\u0000b' }, /^record: must not hold control/],
    [{ ...base, record: 'x'.repeat(1025) }, /^record: /],
    [{ ...base, record: '/x' }, /^record: must be/],
    [{ ...base, record: 'Ext__c/' }, /^record: must be/],
    [{ ...base, record: 'Ext__c/\ud800' }, /^record: must be well-formed/],
    [{ ...base, object: 'Contact//x' }, /^object: must not hold empty/],
    [{ ...base, object: '/Contact' }, /^object: must not hold empty/],
    [{ ...base, headers: { Authorization: 'x' } }, /^headers/],
    [{ ...base, headers: { 'Sforce-Auto-Assign': 'a\r\nb: c' } }, /^headers/],
    [
      JSON.parse('{"action":"GET","resource":"sobjects","__proto__":{}}'),
      /^unknown key: __proto__$/,
    ],
  ])('%j is refused by name', (request, message) => {
    expect(() => parseRequest(request)).toThrow(RequestError);
    expect(() => parseRequest(request)).toThrow(message);
  });
});

describe('a path', () => {
  it('keeps everything of an external id behind the first slash, encoded once', () => {
    expect(path({ object: 'Contact', record: 'Ext__c/a/b?c#d é%2F' })).toBe(
      '/services/data/v68.0/sobjects/Contact/Ext__c/a%2Fb%3Fc%23d%20%C3%A9%252F',
    );
  });

  it('of any record that is taken stays below the versioned root and reads back as it was', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }), (value) => {
        let built: string;
        try {
          built = path({ object: 'Contact', record: `Ext__c/${value}` });
        } catch {
          return;
        }
        const { pathname } = new URL(built, 'https://example.my.salesforce.com');
        expect(pathname).toBe(built);
        expect(decodeURIComponent(pathname.split('/').at(-1) ?? '')).toBe(value);
      }),
    );
  });
});

describe('allow-lists', () => {
  const lists = {
    resources: new Set(['sobjects', 'composite']),
    objects: new Set(['Contact']),
    actions: new Set(['post', 'DELETE']),
  };
  const check = (request: object) => () =>
    requireAllowed(
      parseRequest({ action: 'POST', resource: 'sobjects', object: 'contact', ...request }),
      lists,
    );
  const records = (...types: string[]) => ({
    records: types.map((type) => ({ attributes: { type } })),
  });

  it('take what they name, without regard to case', () => expect(check({})).not.toThrow());

  it.each([
    [{ action: 'PATCH' }, 'AllowedActions'],
    [{ resource: 'tooling' }, 'AllowedResources'],
    [{ object: 'User' }, 'AllowedObjects'],
    [{ object: undefined, record: 'User/005000000000001' }, 'AllowedObjects'],
    [{ record: '003000000000001/Account' }, 'AllowedObjects'],
    [{ record: '003000000000001AAA/Owner' }, 'AllowedObjects'],
    [{ object: 'Contact/003000000000001', record: 'Owner' }, 'AllowedObjects'],
    [
      { resource: 'composite', object: 'sobjects', payload: records('Contact', 'User') },
      'AllowedObjects',
    ],
    [{ resource: 'composite', object: 'sobjects', payload: { records: [{}] } }, 'AllowedObjects'],
    [
      { resource: 'composite', object: 'sobjects', record: 'User/Ext__c', payload: records() },
      'AllowedObjects',
    ],
    [
      {
        resource: 'composite',
        object: 'sobjects',
        action: 'DELETE',
        query: { ids: '005000000000001' },
      },
      'ids alone',
    ],
  ])('refuse %j by %s', (request, named) => expect(check(request)).toThrow(named));

  it.each([
    { object: undefined },
    { record: '003000000000001' },
    { record: 'Ext__c/a/b' },
    { object: 'Contact/003000000000001' },
    { object: undefined, record: 'Contact/003000000000001' },
  ])('take %j of an object that they name', (request) => expect(check(request)).not.toThrow());

  const inner = (url: string, method = 'POST', body: unknown = {}) => ({ url, method, body });
  const composite = (...compositeRequest: object[]) => ({
    resource: 'composite',
    object: undefined,
    payload: { compositeRequest: compositeRequest.map((one) => ({ referenceId: 'a', ...one })) },
  });
  const batch = (...batchRequests: object[]) => ({
    resource: 'composite',
    object: 'batch',
    payload: { batchRequests },
  });
  const graph = (...requests: object[]) => ({
    resource: 'composite',
    object: 'graph',
    payload: { graphs: [{ graphId: '1', compositeRequest: requests }] },
  });
  const ROOT = '/services/data/v68.0';

  it.each([
    [composite(inner('/services/apexrest/X')), 'compositeRequest.0.url'],
    [composite(inner(`${ROOT}/tooling/executeAnonymous`)), 'AllowedResources'],
    [
      composite(inner(`${ROOT}/sobjects/Contact`), inner(`${ROOT}/sobjects/User`)),
      'compositeRequest.1: object: User',
    ],
    [composite(inner(`${ROOT}/sobjects/Contact`, 'PUT')), 'AllowedActions'],
    [composite(inner(`${ROOT}/sobjects/../tooling/query`)), 'must be a path below'],
    [composite(inner(`${ROOT}/sobjects/%2e%2e/tooling`)), 'must be a path below'],
    [composite(inner(`${ROOT}/sobjects/Contact%2f..%2fUser`)), 'must be a path below'],
    [composite(inner(`${ROOT}/sobjects/%`)), 'must be a path below'],
    [composite(inner(`${ROOT}//tooling`)), 'must be a path below'],
    [
      composite(inner('https://example.com/services/data/v68.0/sobjects/Contact')),
      'must be a path below',
    ],
    [composite(inner(`${ROOT}/sobjects/@{a.type}`)), 'AllowedObjects'],
    [composite(inner(`${ROOT}/sobjects/Contact/@{a.id}/Account`)), 'relationship'],
    [
      composite(
        inner(`${ROOT}/composite/batch`, 'POST', { batchRequests: [inner('v68.0/composite')] }),
      ),
      'too deep',
    ],
    [composite(inner(`${ROOT}/query?q=SELECT+Id+FROM+User`)), 'AllowedResources'],
    [{ ...composite(), payload: { compositeRequest: ['x'] } }, 'must be a list of objects'],
    [{ ...composite(), payload: [] }, 'must be a list of objects'],
    [
      batch({ method: 'POST', url: 'v68.0/tooling/sobjects/ApexClass' }),
      'batchRequests.0: resource: tooling',
    ],
    [
      batch({ method: 'POST', url: 'v68.0/composite/sobjects', richInput: records('User') }),
      'User is not in',
    ],
    [batch({ method: 1, url: 'v68.0/sobjects/Contact' }), 'must be an HTTP method'],
    [graph(inner(`${ROOT}/sobjects/User`)), 'graphs.0.compositeRequest.0: object: User'],
    [
      {
        resource: 'composite',
        object: 'tree/Contact',
        payload: { records: [{ attributes: { type: 'Contact' }, Notes: records('Note') }] },
      },
      'Note is not in AllowedObjects',
    ],
    [
      { resource: 'composite', object: 'elsewhere', payload: {} },
      'there are sobjects, tree, graph and batch',
    ],
  ])('look into composite payloads and refuse %j', (request, named) =>
    expect(check(request)).toThrow(named),
  );

  it.each([
    composite(
      inner(`${ROOT}/sobjects/Contact`),
      inner(`${ROOT}/sobjects/Contact/@{a.id}`, 'DELETE'),
    ),
    composite(inner(`${ROOT}/composite/sobjects`, 'POST', records('Contact'))),
    batch({ method: 'post', url: 'v68.0/sobjects/Contact/Ext__c/a%20b', richInput: {} }),
    graph(inner(`${ROOT}/sobjects/contact/`)),
  ])('take the composite payload %j', (request) => expect(check(request)).not.toThrow());

  it('look into record collections', () => {
    expect(
      check({ resource: 'composite', object: 'sobjects', payload: records('Contact') }),
    ).not.toThrow();
  });
});

describe('fit', () => {
  const fitted = (payload: unknown, lengths: Record<string, number>) =>
    fitPayload(parseRequest({ ...base, payload, fit: lengths }));

  it('cuts texts that are too long and leaves all else', () => {
    expect(fitted({ A: 'abcdef', B: 'abcdef', C: 5, D: 'abc' }, { A: 3, C: 1, D: 3 })).toEqual({
      A: 'abc',
      B: 'abcdef',
      C: 5,
      D: 'abc',
    });
  });

  it('never cuts a character in two', () => {
    expect(fitted({ A: 'ab😀' }, { A: 3 })).toEqual({ A: 'ab' });
    expect(fitted({ A: 'ab😀' }, { A: 4 })).toEqual({ A: 'ab😀' });
  });
});

describe('arrivals', () => {
  const origin = { id: 'message-1', source: 'arn:queue' };
  const type = 'io.triggermesh.salesforce.apicall';
  const cloudEvent = {
    specversion: '1.0',
    id: 'ce-1',
    source: 'orders',
    type,
    statefulbridge: 'b',
    statefulid: 's',
    data: base,
  };

  it.each([
    [
      'an EventBridge event',
      { id: 'eb-1', source: 'shop', 'detail-type': type, detail: base },
      'eb-1',
      'eb-1',
      'shop',
    ],
    [
      'an EventBridge event with a CloudEvent inside',
      { id: 'eb-1', source: 'shop', 'detail-type': type, detail: cloudEvent },
      'orders/ce-1',
      'ce-1',
      'orders',
    ],
    ['a structured CloudEvent', cloudEvent, 'orders/ce-1', 'ce-1', 'orders'],
    [
      'a structured CloudEvent with its data in base64',
      { ...cloudEvent, data: undefined, data_base64: btoa(JSON.stringify(base)) },
      'orders/ce-1',
      'ce-1',
      'orders',
    ],
    ['a bare request', base, 'message-1', 'message-1', 'arn:queue'],
    ['a bare request with a key', { ...base, idempotencyKey: 'k' }, 'k', 'k', 'arn:queue'],
  ])('%s', (_form, value, eventKey, id, source) => {
    const arrival = toIncomingRequest(value, origin);
    expect(arrival).toMatchObject({ eventKey, context: { id, source, type } });
    expect(parseRequest(arrival.data).resource).toBe('sobjects');
    expect(() => requireRequestType(arrival)).not.toThrow();
  });

  it('keep the attributes of a TriggerMesh bridge', () => {
    expect(toIncomingRequest(cloudEvent, origin).context).toMatchObject({
      statefulbridge: 'b',
      statefulid: 's',
    });
  });

  it('of another type are named as such', () => {
    const arrival = toIncomingRequest({ ...cloudEvent, type: 'my-curl-type' }, origin);
    expect(() => requireRequestType(arrival)).toThrow('event type "my-curl-type" is not supported');
  });

  it.each([1, null, [], 'text'])('%j is no request', (value) => {
    expect(() => toIncomingRequest(value, origin)).toThrow(RequestError);
  });
});
