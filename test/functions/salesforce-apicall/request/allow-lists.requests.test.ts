import { describe, expect, it } from 'vitest';
import { requireAllowed } from '../../../../functions/salesforce-apicall/request/allow-lists.ts';
import { parseRequest } from '../../../../functions/salesforce-apicall/request/schema.ts';

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
      'object: User is not in AllowedObjects',
    ],
    [{ object: 'contact', record: 'quickActions/CreateUser' }, 'a quick action is not in'],
    [{ object: 'contact', record: 'Ext__c/a', query: { _HttpMethod: 'DELETE' } }, '_HttpMethod'],
    [{ query: { _httpmethod: 'DELETE' } }, 'query._httpmethod: is not accepted'],
  ])('reject %j by %s', (request, named) => expect(check(request)).toThrow(named));

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
  ])('look into composite payloads and reject %j', (request, named) =>
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
