import { describe, expect, it } from 'vitest';
import { RequestError } from '../../../../functions/salesforce-apicall/errors.ts';
import { innerRequests } from '../../../../functions/salesforce-apicall/request/subrequests.ts';

type Target = Parameters<typeof innerRequests>[0];

const composite = (fields: Partial<Target>): Target => ({ action: 'POST', ...fields });
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
const ofTypes = (...types: string[]) =>
  types.map((object) => ({ at: 'payload.records', action: 'POST', resource: 'sobjects', object }));

describe('a subrequest', () => {
  it.each([
    [`${ROOT}/sobjects/Contact/003/Owner`, ['sobjects', 'Contact', '003/Owner']],
    ['/services/data/v9.0/sobjects/Contact', ['sobjects', 'Contact']],
    ['/services/data/v100.0/limits', ['limits']],
    ['v68.0/limits/', ['limits']],
    ['/v68.0/limits?a=b/../c', ['limits']],
    [`${ROOT}/sobjects/Contact/Ext__c/a%20b`, ['sobjects', 'Contact', 'Ext__c/a b']],
    [`${ROOT}/sobjects/Contact/a..`, ['sobjects', 'Contact', 'a..']],
    [`${ROOT}/sobjects/Contact/..a`, ['sobjects', 'Contact', '..a']],
    [`${ROOT}/sobjects/Contact/.a`, ['sobjects', 'Contact', '.a']],
  ])('for %s asks for %j', (url, [resource, object, record]) => {
    expect(innerRequests(ofUrl(url, 'get'))).toEqual([
      {
        at: 'payload.compositeRequest.0',
        action: 'GET',
        resource,
        ...(object === undefined ? {} : { object }),
        ...(record === undefined ? {} : { record }),
        payload: { b: 1 },
      },
    ]);
    expect(Object.keys(innerRequests(ofUrl(url))[0] ?? {})).toHaveLength(
      4 + (object === undefined ? 0 : 1) + (record === undefined ? 0 : 1),
    );
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
    expect(innerRequests(composite({ action: 'GET', object: '' }))).toEqual([]);
    expect(rejection(composite({ action: 'PATCH', object: '' }))).toMatch(/^payload\.compositeReq/);
  });
});

describe('the requests of', () => {
  const inner = { url: `${ROOT}/sobjects/Case`, method: 'POST', body: 1, richInput: 2 };
  const given = { action: 'POST', resource: 'sobjects', object: 'Case' };

  it('graphs are those of each', () => {
    const graph = { compositeRequest: [inner] };
    const payload = { graphs: [graph, graph] };
    expect(innerRequests(composite({ object: 'Graph', payload }))).toEqual([
      { ...given, at: 'payload.graphs.0.compositeRequest.0', payload: 1 },
      { ...given, at: 'payload.graphs.1.compositeRequest.0', payload: 1 },
    ]);
    expect(rejection(composite({ object: 'graph', payload: {} }))).toMatch(
      /^payload\.graphs: must/,
    );
    expect(rejection(composite({ object: 'graph', payload: { graphs: [graph, {}] } }))).toBe(
      'payload.graphs.1.compositeRequest: must be a list of objects',
    );
  });

  it('a batch are its own, with their rich input', () => {
    const payload = { batchRequests: [inner] };
    expect(innerRequests(composite({ object: 'BATCH', payload }))).toEqual([
      { ...given, at: 'payload.batchRequests.0', payload: 2 },
    ]);
    expect(rejection(composite({ object: 'batch', payload: {} }))).toMatch(/batchRequests: must/);
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
    expect(innerRequests(composite({ object: 'tree/Contact', payload }))).toEqual(
      ofTypes('contact', 'Contact', 'Note', 'Task', 'Case'),
    );
    expect(innerRequests(composite({ object: 'tree', payload: { records: [] } }))).toEqual(
      ofTypes(''),
    );
    expect(rejection(composite({ object: 'tree/Contact', payload: {} }))).toMatch(
      /^payload\.records: must be a list of objects$/,
    );
  });

  it('a collection are the types that its records name', () => {
    const payload = { records: [typed('Contact'), typed(5), {}, { attributes: 'Case' }] };
    const none = '(no attributes.type)';
    expect(innerRequests(composite({ object: 'sobjects', payload }))).toEqual(
      ofTypes('Contact', none, none, none),
    );
    expect(rejection(composite({ object: 'SObjects', payload: {} }))).toMatch(
      /^payload\.records: /,
    );
  });

  it('a collection of upserts, deletions and reads are those of the object that it names', () => {
    const collection = (action: string, record?: string) =>
      innerRequests(
        composite({ action, object: 'sobjects', ...(record === undefined ? {} : { record }) }),
      );
    const named = (action: string, object: string) => [
      { at: 'record', action, resource: 'sobjects', object },
    ];
    expect(collection('PATCH', 'Contact/Ext__c')).toEqual([
      { at: 'payload.records', action: 'PATCH', resource: 'sobjects', object: 'Contact' },
    ]);
    expect(collection('DELETE')).toEqual(named('DELETE', '(ids alone)'));
    expect(collection('GET')).toEqual(named('GET', '(ids alone)'));
    expect(collection('GET', 'Contact/x')).toEqual(named('GET', 'Contact'));
  });

  it('anything else are rejected', () =>
    expect(rejection(composite({ object: 'elsewhere' }))).toBe(
      'object: of composite, there are sobjects, tree, graph and batch',
    ));
});
