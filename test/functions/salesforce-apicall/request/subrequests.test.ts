import { describe, expect, it } from 'vitest';
import { RequestError } from '../../../../functions/salesforce-apicall/errors.ts';
import { innerRequests } from '../../../../functions/salesforce-apicall/request/subrequests.ts';

type Target = Parameters<typeof innerRequests>[0];

interface Fields {
  readonly action?: string;
  /** The path after `composite`. */
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly payload?: unknown;
}

const composite = ({ action = 'POST', path = '', query = {}, payload }: Fields): Target => ({
  at: '',
  action,
  resource: 'composite',
  path: path === '' ? [] : path.split('/'),
  query: new URLSearchParams(query),
  payload,
});
const none = expect.any(URLSearchParams);
const ROOT = '/services/data/v68.0';
const rejection = (request: Target): string => {
  try {
    return JSON.stringify(innerRequests(request));
  } catch (error) {
    if (error instanceof RequestError && error.code === 'request-validation') return error.message;
    throw error;
  }
};
const ofUrl = (url: unknown, method: unknown = 'GET') =>
  composite({ payload: { compositeRequest: [{ url, method, body: { b: 1 } }] } });
const typed = (type: unknown, more: object = {}) => ({ attributes: { type }, ...more });
const records = { at: 'payload.records', resource: 'sobjects', query: none };
const ofTypes = (...types: string[]) =>
  types.map((object) => ({ ...records, action: 'POST', path: [object] }));

describe('a subrequest', () => {
  it.each([
    [`${ROOT}/sobjects/Contact/003/Owner`, ['sobjects', 'Contact', '003', 'Owner']],
    ['/services/data/v9.0/sobjects/Contact', ['sobjects', 'Contact']],
    ['/services/data/v100.0/limits', ['limits']],
    ['v68.0/limits/', ['limits']],
    ['/v68.0/limits?a=b/../c', ['limits']],
    [`${ROOT}/sobjects/Contact/Ext__c/a%20b`, ['sobjects', 'Contact', 'Ext__c', 'a b']],
    [`${ROOT}/sobjects/Contact/a..`, ['sobjects', 'Contact', 'a..']],
    [`${ROOT}/sobjects/Contact/..a`, ['sobjects', 'Contact', '..a']],
    [`${ROOT}/sobjects/Contact/.a`, ['sobjects', 'Contact', '.a']],
  ])('for %s asks for %j', (url, [resource, ...path]) => {
    expect(innerRequests(ofUrl(url, 'get'))).toEqual([
      {
        at: 'payload.compositeRequest.0',
        action: 'GET',
        resource,
        path,
        query: none,
        payload: { b: 1 },
      },
    ]);
  });

  it.each([
    '',
    '/',
    ROOT,
    `${ROOT}/`,
    `${ROOT}//`,
    `${ROOT}/a//b`,
    `${ROOT}/a/.`,
    `${ROOT}/a/../b`,
    `${ROOT}/a/%2e`,
    `${ROOT}/a/b%2fc`,
    `${ROOT}/a/b%5Cc`,
    `${ROOT}/a/%E0%A4%A`,
    `${ROOT}/limits#x`,
    `${ROOT}/limits?a#x`,
    `${ROOT}?a`,
    '/services/data/v68/limits',
    '/services/data/v6800.0/limits',
    '/services/data/vX.0/limits',
    '/services/apexrest/x',
    '/services/datav68.0/../limits',
    'https://example.com/services/data/v68.0/limits',
    `x${ROOT}/limits`,
    5,
    undefined,
  ])('for %j is rejected by its place', (url) =>
    expect(rejection(ofUrl(url))).toBe(
      'payload.compositeRequest.0.url: must be a path below /services/data/v…',
    ),
  );

  it('without a method is rejected by its place', () =>
    expect(rejection(ofUrl(`${ROOT}/limits`, 5))).toBe(
      'payload.compositeRequest.0.method: must be an HTTP method',
    ));

  it.each([
    [undefined],
    [null],
    ['text'],
    [[]],
    [{}],
    [{ compositeRequest: {} }],
    [{ compositeRequest: ['x'] }],
    [{ compositeRequest: [null] }],
    [{ compositeRequest: [[]] }],
    [{ compositeRequest: [{ url: `${ROOT}/limits`, method: 'GET' }, 'x'] }],
  ])('cannot be hidden in a payload of another shape: %j', (payload) =>
    expect(rejection(composite({ payload }))).toBe(
      'payload.compositeRequest: must be a list of objects',
    ),
  );

  it('is none where the root is read, and looked for with any other action', () => {
    expect(innerRequests(composite({ action: 'GET' }))).toEqual([]);
    expect(rejection(composite({ action: 'PATCH' }))).toMatch(/^payload\.compositeReq/);
  });
});

describe('the requests of', () => {
  const inner = { url: `${ROOT}/sobjects/Case`, method: 'POST', body: 1, richInput: 2 };
  const given = { action: 'POST', resource: 'sobjects', path: ['Case'], query: none };

  it('graphs are those of each', () => {
    const graph = { compositeRequest: [inner] };
    const payload = { graphs: [graph, graph] };
    expect(innerRequests(composite({ path: 'Graph', payload }))).toEqual([
      { ...given, at: 'payload.graphs.0.compositeRequest.0', payload: 1 },
      { ...given, at: 'payload.graphs.1.compositeRequest.0', payload: 1 },
    ]);
    expect(rejection(composite({ path: 'graph', payload: {} }))).toMatch(/^payload\.graphs: must/);
    expect(rejection(composite({ path: 'graph', payload: { graphs: [graph, {}] } }))).toBe(
      'payload.graphs.1.compositeRequest: must be a list of objects',
    );
  });

  it('a batch are its own, with their rich input', () => {
    const payload = { batchRequests: [inner] };
    expect(innerRequests(composite({ path: 'BATCH', payload }))).toEqual([
      { ...given, at: 'payload.batchRequests.0', payload: 2 },
    ]);
    expect(rejection(composite({ path: 'batch', payload: {} }))).toMatch(/batchRequests: must/);
  });

  it('a tree are its root, its records and the records inside them', () => {
    const child = typed('Note', { Others: { records: [typed('Task')] } });
    const record = typed('Contact', {
      Notes: { records: [child, 'no record'] },
      Odd: { records: 'none' },
      Text: 'records',
      Nothing: null,
      List: [{ records: [typed('Unseen')] }],
    });
    const payload = { records: [record, typed('Case')] };
    expect(innerRequests(composite({ path: 'tree/Contact', payload }))).toEqual(
      ofTypes('Contact', 'Contact', 'Note', 'Task', 'Case'),
    );
    expect(innerRequests(composite({ path: 'tree', payload: { records: [] } }))).toEqual(
      ofTypes(''),
    );
    expect(rejection(composite({ path: 'tree/Contact', payload: {} }))).toMatch(
      /^payload\.records: must be a list of objects$/,
    );
  });

  it('a collection are the types that its records name', () => {
    const payload = { records: [typed('Contact'), typed(5), {}, { attributes: 'Case' }] };
    const untyped = '(no attributes.type)';
    expect(innerRequests(composite({ path: 'sobjects', payload }))).toEqual(
      ofTypes('Contact', untyped),
    );
    expect(rejection(composite({ path: 'SObjects', payload: {} }))).toMatch(/^payload\.records: /);
  });

  it.each([
    ['PATCH', 'Contact/Ext__c', {}, { records: [{}, typed('Case')] }, ['Contact', 'Case']],
    ['PATCH', 'User/Ext__c', {}, { records: [typed('Case')] }, ['User', 'Case']],
    ['DELETE', '', { ids: '003000000000001,001000000000001' }, undefined, ['Contact', 'Account']],
    ['DELETE', 'Case', { ids: '005000000000001' }, undefined, ['Case', 'User']],
    ['DELETE', '', { ids: 'a00000000000001' }, undefined, ['(of an id)']],
    ['DELETE', '', {}, undefined, ['(of an id)']],
    ['GET', '', {}, undefined, ['(no object)']],
    ['GET', 'User/Case', {}, undefined, ['User']],
    ['POST', 'User', {}, { ids: ['003000000000001'], fields: ['Id'] }, ['User']],
  ])('a collection: %s %s %j %j reaches %j', (action, path, query, payload, objects) =>
    expect(
      innerRequests(
        composite({ action, path: path === '' ? 'sobjects' : `sobjects/${path}`, query, payload }),
      ).map((inner) => inner.path),
    ).toEqual(objects.map((object) => [object])),
  );

  it('anything else are rejected', () =>
    expect(rejection(composite({ path: 'elsewhere' }))).toBe(
      'object: of composite, there are sobjects, tree, graph and batch',
    ));
});
