import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  resolveBody,
  resolveUrl,
} from '../../../../../local/salesforce/resources/composite/references.ts';
import { created, stored, useWidgetOrg } from '../harness.ts';
import { part, post, results, statuses, unresolved } from './harness.ts';

const org = useWidgetOrg();
beforeEach(() => org().control('POST', 'reset'));

const send = (compositeRequest: readonly object[], path = '/composite') =>
  org().rest('POST', path, { compositeRequest });
const newWidget = (fields: object, referenceId?: string) =>
  post('/sobjects/Widget__c', fields, referenceId);

describe('a reference', () => {
  it('documented: reads a field of an earlier answer, in URL and body', async () => {
    const answer = await send([
      newWidget({ Ext__c: 'k' }, 'a'),
      part('GET', '/sobjects/Widget__c/@{a.id}', { referenceId: 'b' }),
      newWidget({ Text__c: 'like @{b.Ext__c}: @{b.attributes.type}' }),
    ]);
    expect(statuses(answer)).toEqual([201, 200, 201]);
    expect(await stored(org())).toMatchObject([{}, { Text__c: 'like k: Widget__c' }]);
  });

  it('row 9, documented: reads into arrays, also of a collection', async () => {
    const id = await created(org(), 'Widget__c', { Ext__c: 'k' });
    const records = [{ attributes: { type: 'Widget__c' } }];
    const retrieve = part('POST', '/composite/sobjects/Widget__c', {
      referenceId: 'r',
      body: { ids: [id], fields: ['Ext__c'] },
    });
    const answer = await send([
      post('/composite/sobjects', { records }, 'c'),
      retrieve,
      part('PATCH', '/sobjects/Widget__c/@{c[0].id}', { body: { Text__c: '@{r[0].Ext__c}' } }),
    ]);
    expect(statuses(answer)).toEqual([200, 200, 204]);
    expect(await stored(org())).toMatchObject([{}, { Text__c: 'k' }]);
  });

  it('guess: alone in a text has the type of the value', async () => {
    const answer = await send([
      newWidget({ Amount__c: 1.5, Active__c: true }, 'a'),
      part('GET', '/sobjects/Widget__c/@{a.id}', { referenceId: 'b' }),
      newWidget({
        Amount__c: '@{b.Amount__c}',
        Active__c: '@{b.Active__c}',
        Text__c: '@{b.Text__c}',
      }),
    ]);
    expect(statuses(answer)).toEqual([201, 200, 201]);
    expect(await stored(org())).toMatchObject([
      {},
      { Amount__c: 1.5, Active__c: true, Text__c: null },
    ]);
  });

  it.each([
    ['row 10, documented: the field has another case', 'a.Id', 'a'],
    ['no such part', 'z.id', 'z'],
    ['an index of an object', 'a[0]', 'a'],
    ['an object', 'a', 'a'],
    ['an array', 'a.errors', 'a'],
    ["a name of a text's", 'a.id.length', 'a'],
    ["a name of the prototype's", 'a.constructor.name', 'a'],
    ['a part that failed', 'bad[0].message', 'bad'],
  ])('%s: fails that part only', async (_what, expression, reference) => {
    const answer = await send([
      newWidget({}, 'a'),
      newWidget({ Nothing__c: 1 }, 'bad'),
      newWidget({ Text__c: `@{${expression}}` }),
      part('GET', `/sobjects/Widget__c/@{${expression}}`),
      newWidget({}),
    ]);
    const failed = unresolved(expression, reference);
    expect(results(answer)).toEqual([
      expect.objectContaining({ httpStatusCode: 201 }),
      expect.objectContaining({ httpStatusCode: 400 }),
      failed,
      failed,
      expect.objectContaining({ httpStatusCode: 201 }),
    ]);
  });

  it('documented: of a null field fails up to v51, and passes from v52', async () => {
    const parts = [
      newWidget({}, 'a'),
      part('GET', '/sobjects/Widget__c/@{a.id}', { referenceId: 'b' }),
      newWidget({ Text__c: '@{b.Ext__c}' }),
    ];
    const text = ` Provided referenceId ('b.Ext__c') must start with a letter or a number, and it can contain only letters, numbers and underscores ('_').`;
    expect(results(await send(parts, '/services/data/v51.0/composite'))[2]).toEqual(
      unresolved('b.Ext__c', 'b', text),
    );
    expect(statuses(await send(parts, '/services/data/v52.0/composite'))).toEqual([201, 200, 201]);
  });

  it('documented: of a field that the parent did not select fails', async () => {
    const answer = await send([
      newWidget({ Ext__c: 'k' }, 'a'),
      part('GET', '/sobjects/Widget__c/@{a.id}?fields=Id', { referenceId: 'b' }),
      newWidget({ Text__c: '@{b.Ext__c}' }),
    ]);
    expect(results(answer)[2]).toEqual(unresolved('b.Ext__c', 'b'));
  });
});

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,9}$/).filter((key) => key !== '__proto__');
const scalar = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

/** Every path to a scalar, and the scalar. */
function leaves(value: unknown, path = ''): [string, unknown][] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => leaves(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return path === '' ? [] : [[path, value]];
  return Object.entries(value).flatMap(([key, item]) => leaves(item, `${path}.${key}`));
}

const contextOf = (body: unknown) => ({
  version: 68,
  results: new Map([['a', { body, httpHeaders: {}, httpStatusCode: 200, referenceId: 'a' }]]),
});

describe('references', () => {
  it('resolve to any scalar of any JSON, in any place of any JSON', () => {
    fc.assert(
      fc.property(json, (body) => {
        for (const [path, value] of leaves(body)) {
          const context = contextOf(body);
          expect(resolveBody({ x: [`@{a${path}}`] }, context)).toEqual({ x: [value] });
          expect(resolveBody(`<@{a${path}}>`, context)).toBe(`<${value ?? ''}>`);
          expect(decodeURIComponent(resolveUrl(`/@{a${path}}`, context))).toBe(`/${value ?? ''}`);
        }
      }),
    );
  });

  it('leave JSON without any as it is', () => {
    const plain = json.filter((value) => !JSON.stringify(value).includes('@{'));
    fc.assert(
      fc.property(plain, (value) => {
        expect(resolveBody(value, contextOf({}))).toEqual(value);
      }),
    );
  });
});
