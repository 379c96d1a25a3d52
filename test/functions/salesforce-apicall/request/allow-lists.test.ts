import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestError } from '../../../../functions/salesforce-apicall/errors.ts';
import {
  type AllowLists,
  requireAllowed,
} from '../../../../functions/salesforce-apicall/request/allow-lists.ts';
import type { ApiCallRequest } from '../../../../functions/salesforce-apicall/request/schema.ts';

const ID = '003000000000001';
const ROOT = '/services/data/v68.0';
const none: AllowLists = { resources: undefined, objects: undefined, actions: undefined };
const contacts: AllowLists = { ...none, objects: new Set(['Contact']) };

/** What the request is rejected for; `undefined` - it is taken. */
function rejection(fields: Partial<ApiCallRequest>, lists: AllowLists): string | undefined {
  try {
    requireAllowed({ action: 'GET', resource: 'sobjects', ...fields }, lists);
    return undefined;
  } catch (error) {
    if (error instanceof RequestError && error.code === 'request-validation') return error.message;
    throw error;
  }
}

const inside = (url: string, body: unknown = {}): Partial<ApiCallRequest> => ({
  action: 'POST',
  resource: 'composite',
  payload: { compositeRequest: [{ method: 'POST', url: `${ROOT}/${url}`, body }] },
});

describe('without lists', () => {
  it.each([
    [{ object: 'Contact', record: `${ID}/Account` }],
    [{ resource: 'query' }],
    [inside('tooling/executeAnonymous')],
  ])('%j is taken', (fields) => expect(rejection(fields, none)).toBeUndefined());
});

describe('a list', () => {
  it('of actions or resources names who is rejected, where, and itself', () => {
    const actions = { ...none, actions: new Set(['get']) };
    const resources = { ...none, resources: new Set(['SOBJECTS', 'composite']) };
    expect(rejection({}, actions)).toBeUndefined();
    expect(rejection({}, resources)).toBeUndefined();
    expect(rejection({ action: 'PUT' }, actions)).toBe('action: PUT is not in AllowedActions');
    expect(rejection({ resource: 'limits' }, resources)).toBe(
      'resource: limits is not in AllowedResources',
    );
    expect(rejection(inside('limits'), resources)).toBe(
      'payload.compositeRequest.0: resource: limits is not in AllowedResources',
    );
    expect(rejection(inside('limits'), { ...none, actions: new Set(['PATCH', 'POST']) })).toBe(
      undefined,
    );
  });

  it('that is empty allows nothing', () => {
    const empty = new Set<string>();
    expect(rejection({}, { ...none, actions: empty })).toMatch(/^action: GET/);
    expect(rejection({}, { ...none, resources: empty })).toMatch(/^resource: sobjects/);
    expect(rejection({ object: 'Contact' }, { ...none, objects: empty })).toMatch(
      /^object: Contact/,
    );
  });

  it.each(['query', 'queryAll', 'search', 'parameterizedSearch', 'QUERY'])(
    'of objects rejects %s, which can reach any',
    (resource) =>
      expect(rejection({ resource }, contacts)).toBe(
        `resource: ${resource}, which can reach any object, is not in AllowedObjects`,
      ),
  );
});

describe('a list of objects', () => {
  it.each<[Partial<ApiCallRequest>]>([
    [{}],
    [{ resource: 'limits' }],
    [{ object: 'CONTACT' }],
    [{ object: 'Contact', record: ID }],
    [{ object: 'Contact', record: `Ext__c/${ID}` }],
    [{ object: 'Contact', record: `x${ID}/Account` }],
    [{ object: 'Contact', record: `${ID}AAAx/Account` }],
    [{ object: 'Contact', record: 'Ext__c/@{a}' }],
    [{ object: 'Contact/describe' }],
    [{ object: 'Contact/describe/layouts' }],
    [{ resource: 'tooling', object: 'Contact' }],
    [{ resource: 'tooling', object: 'Contact', record: `User/${ID}` }],
    [inside('sobjects/Contact/@{a.id}')],
    [inside('composite/sobjects', { records: [{ attributes: { type: 'contact' } }] })],
  ])('takes %j', (fields) => expect(rejection(fields, contacts)).toBeUndefined());

  it.each<[Partial<ApiCallRequest>, string]>([
    [{ object: 'User' }, 'object: User'],
    [{ object: 'User/describe' }, 'object: User'],
    [{ record: 'User' }, 'object: User'],
    [{ resource: 'SOBJECTS', record: 'User' }, 'object: User'],
    [{ resource: 'tooling', object: 'User/x' }, 'object: User'],
    [{ object: 'Contact', record: `${ID}/Account` }, "record: a record's relationship"],
    [{ object: 'Contact', record: `${ID}AAA/Account` }, "record: a record's relationship"],
    [{ object: `Contact/${ID}/Account` }, "record: a record's relationship"],
    [{ object: 'Contact', record: '@{a}/Account' }, "record: a record's relationship"],
    [inside('sobjects/User'), 'payload.compositeRequest.0: object: User'],
    [
      inside(`sobjects/Contact/${ID}/Owner`),
      "payload.compositeRequest.0: record: a record's relationship",
    ],
    [inside('query'), 'payload.compositeRequest.0: resource: query, which can reach any object,'],
    [
      inside('composite/sobjects', { records: [{ attributes: { type: 'User' } }] }),
      'payload.records: object: User',
    ],
  ])('rejects %j', (fields, what) =>
    expect(rejection(fields, contacts)).toBe(`${what} is not in AllowedObjects`),
  );

  it('is not led round by depth: what a composite holds may hold one more, and no third', () => {
    const third = { method: 'POST', url: `${ROOT}/composite`, body: {} };
    const second = inside('composite', { compositeRequest: [third] });
    expect(rejection(second, none)).toBe('payload.compositeRequest.0: url: is nested too deep');
    expect(rejection(inside('composite', { compositeRequest: [] }), none)).toBeUndefined();
  });

  it('takes what it names in any case, and nothing else', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,5}$/);
    fc.assert(
      fc.property(fc.array(name), name, (allowed, object) => {
        const lists = { ...none, objects: new Set(allowed) };
        const isNamed = allowed.some((one) => one.toUpperCase() === object.toUpperCase());
        expect(rejection({ object }, lists) === undefined).toBe(isNamed);
      }),
    );
  });
});
