import { changed, improved, kept, type Row } from './rows.ts';
import { answer, answerTo, callsFor, TYPE } from './scene.ts';

const base = { action: 'GET', resource: 'sobjects' };
const account = { ...base, object: 'account' };
const create = { ...account, action: 'POST' };
const binary = (type: string) => ({
  'ce-specversion': '1.0',
  'ce-id': '1',
  'ce-source': 'shop',
  'ce-type': type,
});

const eventOf = (type: string) => async () => {
  const { reply, texts } = await answer(binary(type), JSON.stringify(account));
  return reply.category === 'error'
    ? { code: reply.data.code, description: reply.data.description }
    : { calls: texts };
};

const headersOf = (data: object) => async () => {
  const { calls } = await answerTo(JSON.stringify(data));
  return { headers: calls[0]?.headers };
};

export const requestRows: readonly Row[] = [
  kept('the event type', eventOf(TYPE), { calls: ['GET /sobjects/account'] }),
  kept('another event type', eventOf('my-curl-type'), {
    code: 'event-context',
    description: 'event type "my-curl-type" is not supported',
  }),
  kept('the create example', callsFor({ ...create, payload: { Name: 'test' } }), {
    calls: ['POST /sobjects/account {"Name":"test"}'],
  }),
  kept(
    'the delete example',
    callsFor({ ...account, action: 'DELETE', record: '0014x000005VB1fAAG' }),
    { calls: ['DELETE /sobjects/account/0014x000005VB1fAAG'] },
  ),
  kept(
    'the read example',
    callsFor({
      ...account,
      record: '0014x000005VB1fAAG',
      query: { fields: 'AccountNumber,BillingPostalCode' },
    }),
    {
      calls: ['GET /sobjects/account/0014x000005VB1fAAG?fields=AccountNumber%2CBillingPostalCode'],
    },
  ),
  kept(
    'the update example',
    callsFor({
      ...account,
      action: 'PATCH',
      record: '0014x000005VB1fAAG',
      payload: { Name: 'test2', BillingCity: 'San Francisco' },
    }),
    {
      calls: [
        'PATCH /sobjects/account/0014x000005VB1fAAG {"Name":"test2","BillingCity":"San Francisco"}',
      ],
    },
  ),
  kept('HEAD', callsFor({ ...account, action: 'HEAD' }), { calls: ['HEAD /sobjects/account'] }),
  kept('action and resource alone', callsFor({ action: 'GET', resource: 'limits' }), {
    calls: ['GET /limits'],
  }),
  kept(
    'all six fields, as the schema in its repository requires',
    callsFor({ ...create, action: 'PATCH', record: '0014x', query: {}, payload: {} }),
    { calls: ['PATCH /sobjects/account/0014x {}'] },
  ),
  kept('no action', callsFor({ resource: 'sobjects' }), { refused: 'request-validation' }),
  kept('no resource', callsFor({ action: 'GET' }), { refused: 'request-validation' }),
  kept(
    'no data at all',
    async () => {
      const { reply } = await answer(binary(TYPE), '');
      return { code: reply.category === 'error' && reply.data.code };
    },
    { code: 'request-validation' },
  ),
  kept(
    'data that is not JSON',
    async () => {
      const { reply } = await answer(binary(TYPE), '{');
      return { code: reply.category === 'error' && reply.data.code };
    },
    { code: 'request-parsing' },
  ),
  kept('a payload that is a list', callsFor({ ...create, payload: [1] }), {
    calls: ['POST /sobjects/account [1]'],
  }),
  kept('a payload that is text', callsFor({ ...create, payload: 'a' }), {
    calls: ['POST /sobjects/account "a"'],
  }),
  kept('a payload that is null', callsFor({ ...create, payload: null }), {
    calls: ['POST /sobjects/account null'],
  }),
  kept(
    'a payload with long numbers',
    callsFor(`${JSON.stringify(create).slice(0, -1)},"payload":{"N":12345678901234567890}}`),
    {
      calls: ['POST /sobjects/account {"N":12345678901234567890}'],
    },
  ),
  kept('SOQL in the query', callsFor({ ...base, resource: 'query', query: { q: 'SELECT Id' } }), {
    calls: ['GET /query?q=SELECT+Id'],
  }),
  kept('a space in the record', callsFor({ ...account, record: 'Ext__c/a b' }), {
    calls: ['GET /sobjects/account/Ext__c/a%20b'],
  }),
  kept('a percent sign in the record', callsFor({ ...account, record: 'Ext__c/a%2Fb' }), {
    calls: ['GET /sobjects/account/Ext__c/a%252Fb'],
  }),
  kept('names in upper case', callsFor({ ...account, object: 'ACCOUNT' }), {
    calls: ['GET /sobjects/ACCOUNT'],
  }),
  improved(
    'a slash in an external id',
    callsFor({ ...account, record: 'Ext__c/a/b' }),
    { calls: ['GET /sobjects/account/Ext__c/a/b'] },
    { calls: ['GET /sobjects/account/Ext__c/a%2Fb'] },
  ),
  improved(
    'an action in lower case',
    callsFor({ ...account, action: 'get' }),
    { calls: ['get /sobjects/account'] },
    { calls: ['GET /sobjects/account'] },
  ),
  improved(
    "an action that isn't a method",
    callsFor({ ...account, action: 'create' }),
    { calls: ['create /sobjects/account'] },
    { refused: 'request-validation' },
  ),
  improved(
    'a number in the query',
    callsFor({ ...base, query: { limit: 5 } }),
    { refused: 'request-parsing' },
    { refused: 'request-validation' },
  ),
  changed(
    'Apex REST by `..`',
    callsFor({ ...base, resource: '../../apexrest/Orders' }),
    { calls: ['GET /services/apexrest/Orders'] },
    { refused: 'request-validation' },
  ),
  improved(
    'Apex REST by name',
    callsFor({ ...base, resource: 'apexrest', object: 'Orders' }),
    { calls: ['GET /apexrest/Orders'] },
    { calls: ['GET /services/apexrest/Orders'] },
  ),
  changed(
    'a slash in the resource',
    callsFor({ ...base, resource: 'sobjects/account' }),
    { calls: ['GET /sobjects/account'] },
    { refused: 'request-validation' },
  ),
  changed(
    'an empty field',
    callsFor({ ...account, record: '' }),
    { calls: ['GET /sobjects/account'] },
    { refused: 'request-validation' },
  ),
  changed(
    'an extra slash',
    callsFor({ ...base, object: '/account/' }),
    { calls: ['GET /sobjects/account'] },
    { refused: 'request-validation' },
  ),
  changed(
    'an unknown key',
    callsFor({ ...account, extra: 1 }),
    { calls: ['GET /sobjects/account'] },
    { refused: 'request-validation' },
  ),
  changed(
    'a key in upper case',
    callsFor({ Action: 'GET', resource: 'limits' }),
    { calls: ['GET /limits'] },
    { refused: 'request-validation' },
  ),
  changed(
    'the order of query parameters',
    callsFor({ ...base, query: { b: '1', a: '2' } }),
    { calls: ['GET /sobjects?a=2&b=1'] },
    { calls: ['GET /sobjects?b=1&a=2'] },
  ),
  changed(
    'white space in the payload',
    callsFor(
      '{"action":"POST","resource":"composite","object":"tree/A","payload":{ "records" : [] }}',
    ),
    { calls: ['POST /composite/tree/A { "records" : [] }'] },
    { calls: ['POST /composite/tree/A {"records":[]}'] },
  ),
  changed(
    'a payload for GET',
    callsFor({ ...account, payload: {} }),
    { calls: ['GET /sobjects/account {}'] },
    { calls: ['GET /sobjects/account'] },
  ),
  improved(
    'request headers',
    headersOf({ ...create, payload: {}, headers: { 'Sforce-Auto-Assign': 'false' } }),
    { headers: { 'content-type': 'application/json' } },
    {
      headers: {
        'Sforce-Auto-Assign': 'false',
        'content-type': 'application/json',
        accept: 'application/json',
      },
    },
  ),
];
