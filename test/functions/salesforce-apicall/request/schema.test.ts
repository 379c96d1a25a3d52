import { describe, expect, it } from 'vitest';
import { RequestError } from '../../../../functions/salesforce-apicall/errors.ts';
import { parseRequest } from '../../../../functions/salesforce-apicall/request/schema.ts';
import { requestPath } from '../../../../functions/salesforce-apicall/request/url.ts';

const base = { action: 'GET', resource: 'sobjects' };

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
    [{ ...base, object: '..' }, /^object: must not contain/],
    [{ ...base, record: '../../apexrest' }, /^record: must not contain/],
    [{ ...base, record: 'a\u0000b' }, /^record: must not contain control/],
    [{ ...base, record: 'x'.repeat(1025) }, /^record: /],
    [{ ...base, record: '/x' }, /^record: must be/],
    [{ ...base, record: 'Ext__c/' }, /^record: must be/],
    [{ ...base, record: 'Ext__c/\ud800' }, /^record: must be well-formed/],
    [{ ...base, object: 'Contact//x' }, /^object: must not contain empty/],
    [{ ...base, object: '/Contact' }, /^object: must not contain empty/],
    [{ ...base, headers: { Authorization: 'x' } }, /^headers/],
    [{ ...base, headers: { 'Sforce-Auto-Assign': 'a\r\nb: c' } }, /^headers/],
    [
      JSON.parse('{"action":"GET","resource":"sobjects","__proto__":{}}'),
      /^unknown key: __proto__$/,
    ],
  ])('%j is rejected by name', (request, message) => {
    expect(() => parseRequest(request)).toThrow(RequestError);
    expect(() => parseRequest(request)).toThrow(message);
  });
});
