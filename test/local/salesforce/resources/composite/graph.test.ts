import { beforeEach, describe, expect, it } from 'vitest';
import { error, stored, useWidgetOrg } from '../harness.ts';
import { part, post, ROLLED_BACK_PART, unresolved } from './harness.ts';

const org = useWidgetOrg();
beforeEach(() => org().control('POST', 'reset'));

const send = (graphs: readonly object[]) => org().rest('POST', '/composite/graph', { graphs });
const graph = (graphId: unknown, ...compositeRequest: readonly object[]) => ({
  graphId,
  compositeRequest,
});
const newWidget = (fields: object = {}, referenceId?: string) =>
  post('/sobjects/Widget__c', fields, referenceId);
const BAD = { Text__c: 'x'.repeat(256) };

const HTTP_201 = expect.objectContaining({ httpStatusCode: 201 });
const TOO_LONG = expect.objectContaining({
  httpStatusCode: 400,
  body: [expect.objectContaining({ errorCode: 'STRING_TOO_LONG' })],
});

const result = (graphId: string, isSuccessful: boolean, compositeResponse: readonly unknown[]) => ({
  graphId,
  graphResponse: { compositeResponse },
  isSuccessful,
});

describe('a graph (documented: Composite Graph)', () => {
  it('row 15: is a transaction of its own', async () => {
    const answer = await send([
      graph(
        '1',
        newWidget({ Ext__c: 'a' }, 'a'),
        post('/sobjects/Part__c', { Widget__c: '@{a.id}' }),
      ),
      graph('2', newWidget(), newWidget(BAD), newWidget()),
      graph('3', newWidget({ Ext__c: 'b' })),
    ]);
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        graphs: [
          result('1', true, [HTTP_201, HTTP_201]),
          result('2', false, [ROLLED_BACK_PART, TOO_LONG, ROLLED_BACK_PART]),
          result('3', true, [HTTP_201]),
        ],
      },
    ]);
    expect(await stored(org())).toMatchObject([{ Ext__c: 'a' }, { Ext__c: 'b' }]);
    expect(await stored(org(), 'Part__c')).toHaveLength(1);
  });

  it('can not refer to another graph', async () => {
    const answer = await send([
      graph('1', newWidget({}, 'a')),
      graph('2', newWidget({ Text__c: '@{a.id}' })),
    ]);
    expect(Object(answer.body).graphs[1]).toEqual(result('2', false, [unresolved('a.id', 'a')]));
  });

  it('row 15, documented: is halted after more than 14 failed ones', async () => {
    const bad = Array.from({ length: 16 }, (_, index) => graph(`bad${index}`, newWidget(BAD)));
    const answer = await send([
      ...bad.slice(0, 14),
      graph('good', newWidget()),
      ...bad.slice(14),
      graph('late', newWidget()),
    ]);
    const { graphs } = Object(answer.body);
    const halted = expect.objectContaining({
      body: [expect.objectContaining({ errorCode: 'PROCESSING_HALTED' })],
    });
    expect(graphs.slice(13)).toEqual([
      result('bad13', false, [TOO_LONG]),
      result('good', true, [HTTP_201]),
      result('bad14', false, [TOO_LONG]),
      result('bad15', false, [halted]),
      result('late', false, [halted]),
    ]);
    expect(await stored(org())).toHaveLength(1);
  });

  it.each([
    '/composite/sobjects',
    '/query?q=SELECT+Id+FROM+Widget__c',
    '/sobjects/Widget__c/a/b/c',
    '/services/data/v49.0/sobjects/Widget__c',
  ])('can not have a node of %s (code and text a guess)', async (path) => {
    const answer = await send([graph('1', part('GET', path))]);
    const body = error(
      'INVALID_INPUT',
      expect.stringContaining('is not supported in a composite graph'),
    );
    expect(Object(answer.body).graphs).toEqual([
      result('1', false, [expect.objectContaining({ body })]),
    ]);
  });
});

describe('a request refused as a whole', () => {
  const chain = (length: number) =>
    Array.from({ length }, (_, index) =>
      newWidget(index === 0 ? {} : { Text__c: `@{n${index - 1}.id}` }, `n${index}`),
    );
  const kinds = Array.from({ length: 16 }, (_, index) => part('POST', `/sobjects/X${index}`));
  const many = (count: number) => Array.from({ length: count }, () => newWidget());

  it.each([
    ['76 graphs', Array.from({ length: 76 }, (_, index) => graph(`g${index}`)), '75 graphs'],
    ['501 nodes', [graph('a', ...many(250)), graph('b', ...many(251))], '500 nodes'],
    ['16 different nodes', [graph('a', ...kinds)], '15 different nodes'],
    ['a depth of 16', [graph('a', ...chain(16))], '15 levels'],
  ])('documented limit (code and text a guess): %s', async (_what, graphs, text) => {
    const answer = await send(graphs);
    expect([answer.status, answer.body]).toEqual([
      400,
      error('LIMIT_EXCEEDED', expect.stringContaining(text)),
    ]);
    expect(await stored(org())).toEqual([]);
  });

  it('documented: 75 graphs of one node each, and a depth of 15, are accepted', async () => {
    const answer = await send([
      graph('deep', ...chain(15)),
      ...Array.from({ length: 74 }, (_, index) => graph(`g${index}`, newWidget())),
    ]);
    expect(
      Object(answer.body).graphs.every(
        ({ isSuccessful }: { isSuccessful: boolean }) => isSuccessful,
      ),
    ).toBe(true);
    expect(await stored(org())).toHaveLength(89);
  });

  it.each([[''], ['a.b'], ['-a'], ['x'.repeat(40)], [1], [undefined]])(
    'documented: the graphId %j',
    async (graphId) => {
      const answer = await send([graph('1', newWidget()), graph(graphId, newWidget())]);
      expect([answer.status, answer.body]).toEqual([
        400,
        error('JSON_PARSER_ERROR', expect.stringContaining('graphs[1].graphId')),
      ]);
    },
  );

  it('documented: a graphId that comes twice; v49', async () => {
    expect((await send([graph('1', newWidget()), graph('1', newWidget())])).status).toBe(400);
    expect(
      (await org().rest('POST', '/services/data/v49.0/composite/graph', { graphs: [] })).status,
    ).toBe(404);
    expect((await org().rest('GET', '/composite/graph')).status).toBe(405);
  });
});
