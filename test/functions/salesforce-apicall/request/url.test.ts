import { describe, expect, it } from 'vitest';
import { parseRequest } from '../../../../functions/salesforce-apicall/request/schema.ts';
import { requestPath } from '../../../../functions/salesforce-apicall/request/url.ts';

describe('the path', () => {
  const path = (fields: object): string =>
    requestPath(parseRequest({ action: 'GET', ...fields }), 'v68.0');

  it.each([
    [{ resource: 'limits' }, '/services/data/v68.0/limits'],
    [
      { resource: 'sobjects', object: 'Contact/describe' },
      '/services/data/v68.0/sobjects/Contact/describe',
    ],
    [
      { resource: 'query', query: { q: "SELECT Id FROM A WHERE B = 'é&c'" } },
      '/services/data/v68.0/query?q=SELECT+Id+FROM+A+WHERE+B+%3D+%27%C3%A9%26c%27',
    ],
    [
      { resource: 'composite', object: 'tree/Account' },
      '/services/data/v68.0/composite/tree/Account',
    ],
    [{ resource: 'apexrest' }, '/services/apexrest'],
    [
      { resource: 'ApexRest', object: 'Orders/v1', record: 'a/b c', query: { x: '1' } },
      '/services/apexrest/Orders/v1/a/b%20c?x=1',
    ],
    [
      { resource: 'sobjects', object: 'Contact', record: 'Ext__c//' },
      '/services/data/v68.0/sobjects/Contact/Ext__c/%2F',
    ],
    [
      { resource: 'sobjects', object: 'Contact', record: 'Url__c/https://example.com/?a#b' },
      '/services/data/v68.0/sobjects/Contact/Url__c/https%3A%2F%2Fexample.com%2F%3Fa%23b',
    ],
  ])('of %j is %s', (fields, expected) => expect(path(fields)).toBe(expected));
});
