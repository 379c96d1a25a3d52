import { beforeEach, describe, expect, it } from 'vitest';
import { created, error, stored, success, useWidgetOrg, widget } from '../harness.ts';
import { part, post, results, statuses, V68 } from './harness.ts';

const org = useWidgetOrg();
beforeEach(() => org().control('POST', 'reset'));

const send = (compositeRequest: readonly object[], more: object = {}) =>
  org().rest('POST', '/composite', { compositeRequest, ...more });

const newWidget = (fields: object = {}) => post('/sobjects/Widget__c', fields);
const BAD = { Text__c: 'x'.repeat(256) };
const TOO_LONG = [
  { errorCode: 'STRING_TOO_LONG', message: expect.any(String), fields: ['Text__c'] },
];
const collection = (records: readonly object[], allOrNone = false) =>
  post('/composite/sobjects', { allOrNone, records });

/** The form of a request with too many parts. */
const tooMany = (message: unknown) => ({
  compositeResponse: [
    {
      body: [{ errorCode: 'LIMIT_EXCEEDED', message }],
      httpHeaders: {},
      httpStatusCode: 400,
      referenceId: null,
    },
  ],
});

describe('limits', () => {
  it('row 2, reported (guardian 766; outer status a guess): 26 parts', async () => {
    const { body } = await send(Array.from({ length: 26 }, () => newWidget()));
    expect(body).toEqual(tooMany('The request can’t contain more than 25 operations.'));
    expect(await stored(org())).toEqual([]);
  });

  it('row 1, documented limit (form a guess): 6 queries and collections', async () => {
    const parts = [
      ...Array.from({ length: 5 }, () => collection([widget({})])),
      part('GET', '/query?q=SELECT+Id+FROM+Widget__c'),
    ];
    expect((await send(parts)).body).toEqual(tooMany(expect.stringContaining('5')));
    expect(await stored(org())).toEqual([]);
  });

  it('row 3, documented: 5 collections of 200 are one call', async () => {
    const before = Number(Object((await org().control('GET', 'calls')).body).total);
    const records = Array.from({ length: 200 }, () => widget({}));
    const answer = await send(Array.from({ length: 5 }, () => collection(records)));
    expect(results(answer).map(({ body }) => body)).toEqual(
      Array.from({ length: 5 }, () => records.map(() => success)),
    );
    expect((await org().control('GET', 'calls')).body).toMatchObject({ total: before + 1 });
  });
});

describe('parts', () => {
  it('row 4, documented: upsert and delete collections, too', async () => {
    const id = await created(org(), 'Widget__c', { Ext__c: 'a' });
    const answer = await send([
      part('PATCH', '/composite/sobjects/Widget__c/Ext__c', {
        body: { records: [widget({ Ext__c: 'a' })] },
      }),
      part('DELETE', `/composite/sobjects?ids=${id}`),
    ]);
    expect(results(answer)).toMatchObject([
      { httpStatusCode: 200, body: [{ id, success: true, created: false }] },
      { httpStatusCode: 200, body: [{ id, success: true }] },
    ]);
  });

  it('row 5, documented: give the Location of a created record', async () => {
    const [result] = results(await send([post('/sobjects/Widget__c', {}, 'new')]));
    expect(result).toEqual({
      body: { id: expect.any(String), success: true, errors: [] },
      httpHeaders: { Location: `${V68}/sobjects/Widget__c/${Object(result?.body).id}` },
      httpStatusCode: 201,
      referenceId: 'new',
    });
  });

  it('row 6, documented: have errors of their own, and no body after a change', async () => {
    const id = await created(org(), 'Widget__c', {});
    const answer = await send([
      newWidget(BAD),
      part('PATCH', `/sobjects/Widget__c/${id}`, { body: { Text__c: 'x' } }),
      part('PUT', `/sobjects/Widget__c/${id}`),
    ]);
    expect(results(answer)).toMatchObject([
      { httpStatusCode: 400, httpHeaders: {}, body: TOO_LONG },
      { httpStatusCode: 204, body: null },
      { httpStatusCode: 405, body: error('METHOD_NOT_ALLOWED', expect.any(String)) },
    ]);
  });

  it('facts §9, documented: can have another method by _HttpMethod', async () => {
    const id = await created(org(), 'Widget__c', {});
    const url = `/sobjects/Widget__c/${id}?_HttpMethod=DELETE`;
    expect(statuses(await send([part('POST', url)]))).toEqual([204]);
    expect(await stored(org())).toEqual([]);
  });

  it('documented: take headers that their resource knows', async () => {
    const id = await created(org(), 'Widget__c', {});
    const httpHeaders = { 'If-Unmodified-Since': 'Tue, 10 Aug 2015 00:00:00 GMT' };
    const url = `/sobjects/Widget__c/${id}`;
    expect(statuses(await send([part('PATCH', url, { body: {}, httpHeaders })]))).toEqual([412]);
  });

  it.each(['/limits', '/composite', '/composite/graph', '/search?q=x', '/tooling/query?q=x'])(
    'documented (code and text a guess): can not be of %s',
    async (path) => {
      const [result] = results(await send([part('GET', path)]));
      const resource = path.replace(/\?.*/, '');
      const message = `The resource ${resource} is not supported in a composite request`;
      expect(result).toMatchObject({ httpStatusCode: 400, body: error('INVALID_INPUT', message) });
    },
  );
});

describe('a composite refused as a whole', () => {
  const idText = (id: string) =>
    `Provided referenceId ('${id}') must start with a letter or a number, and it can contain only letters, numbers and underscores ('_').`;

  it.each([
    ['row 11, documented rule, reported text', { referenceId: 'a-b' }, idText('a-b')],
    ['row 11, documented rule, reported text', { referenceId: '_a' }, idText('_a')],
    [
      'row 12, documented rule',
      { httpHeaders: { authorization: 'x' } },
      expect.stringContaining('authorization'),
    ],
    [
      'row 12, documented rule',
      { httpHeaders: { Accept: 'x' } },
      expect.stringContaining('Accept'),
    ],
    [
      'row 12, documented rule',
      { httpHeaders: { 'Content-Type': 'x' } },
      expect.stringContaining('Content-Type'),
    ],
    [
      'row 13, documented rule',
      { url: '/sobjects/Widget__c' },
      expect.stringContaining('must start with /services/data/vXX.X/'),
    ],
    [
      'row 13, documented rule',
      { url: 'https://example.org/services/data/v68.0/' },
      expect.stringContaining('url'),
    ],
    ['documented rule', { method: 'post' }, expect.stringContaining('must be one of')],
    ['documented rule', { referenceId: undefined }, expect.stringContaining('referenceId')],
  ])('%s: %j', async (_certainty, change, message) => {
    const answer = await send([newWidget(), { ...newWidget(), ...change }]);
    expect([answer.status, answer.body]).toEqual([400, error('JSON_PARSER_ERROR', message)]);
    expect(await stored(org())).toEqual([]);
  });

  it('guess: a reference id that comes twice, other types', async () => {
    const twice = await send([
      post('/sobjects/Widget__c', {}, 'a'),
      post('/sobjects/Widget__c', {}, 'a'),
    ]);
    expect([twice.status, twice.body]).toEqual([
      400,
      error('JSON_PARSER_ERROR', expect.stringContaining("'a'")),
    ]);
    const bodies = [
      [],
      { compositeRequest: {} },
      { compositeRequest: [null] },
      { compositeRequest: [], allOrNone: 1 },
    ];
    for (const body of bodies)
      expect((await org().rest('POST', '/composite', body)).status).toBe(400);
  });

  it('documented: up to v51, reference ids with other characters are accepted', async () => {
    const body = { compositeRequest: [{ ...newWidget(), referenceId: 'a-b' }] };
    const answer = await org().rest('POST', '/services/data/v51.0/composite', body);
    expect(results(answer)).toMatchObject([{ referenceId: 'a-b', httpStatusCode: 201 }]);
  });

  it('row 14, reported (jsforce 1401; list a guess): another method', async () => {
    const answer = await org().rest('PATCH', '/composite', {});
    const text = "HTTP Method 'PATCH' not allowed. Allowed are GET,POST";
    expect([answer.status, answer.body]).toEqual([405, error('METHOD_NOT_ALLOWED', text)]);
  });
});

it('documented: GET lists the composite resources', async () => {
  expect((await org().rest('GET', '/composite')).body).toEqual({
    tree: `${V68}/composite/tree`,
    batch: `${V68}/composite/batch`,
    sobjects: `${V68}/composite/sobjects`,
    graph: `${V68}/composite/graph`,
  });
});
