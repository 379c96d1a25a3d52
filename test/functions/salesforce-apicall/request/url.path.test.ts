import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unsafeExternalId } from '../../../../functions/salesforce-apicall/request/external-id.ts';
import { parseRequest } from '../../../../functions/salesforce-apicall/request/schema.ts';
import { fitPayload, requestPath } from '../../../../functions/salesforce-apicall/request/url.ts';

const base = { action: 'GET', resource: 'sobjects' };
const path = (request: object): string =>
  requestPath(parseRequest({ ...base, ...request }), 'v68.0');

describe('a path', () => {
  it('keeps everything of an external id behind the first slash, encoded once', () => {
    expect(path({ object: 'Contact', record: 'Ext__c/a/b?c#d é%2F' })).toBe(
      '/services/data/v68.0/sobjects/Contact/Ext__c/a%2Fb%3Fc%23d%20%C3%A9%252F',
    );
  });

  it('of any record that is taken stays below the versioned root and reads back as it was', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme' }), (value) => {
        const record = { ...base, object: 'Contact', record: `Ext__c/${value}` };
        let built: string;
        try {
          built = path(record);
        } catch {
          return;
        }
        // Such a value is looked up, and never part of a URL.
        if (unsafeExternalId(record) !== undefined) return;
        const { pathname } = new URL(built, 'https://example.my.salesforce.com');
        expect(pathname).toBe(built);
        expect(decodeURIComponent(pathname.split('/').at(-1) ?? '')).toBe(value);
      }),
    );
  });
});

describe('fit', () => {
  const fitted = (payload: unknown, lengths: Record<string, number>) =>
    fitPayload(parseRequest({ ...base, payload, fit: lengths }));

  it('cuts texts that are too long and leaves all else', () => {
    expect(fitted({ A: 'abcdef', B: 'abcdef', C: 5, D: 'abc' }, { A: 3, C: 1, D: 3 })).toEqual({
      A: 'abc',
      B: 'abcdef',
      C: 5,
      D: 'abc',
    });
  });

  it('never cuts a character in two', () => {
    expect(fitted({ A: 'ab😀' }, { A: 3 })).toEqual({ A: 'ab' });
    expect(fitted({ A: 'ab😀' }, { A: 4 })).toEqual({ A: 'ab😀' });
  });
});
