import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestError } from '../../../../functions/salesforce-apicall/errors.ts';
import {
  requireSafeRecord,
  unsafeExternalId,
} from '../../../../functions/salesforce-apicall/request/external-id.ts';
import {
  type ApiCallRequest,
  parseRequest,
} from '../../../../functions/salesforce-apicall/request/schema.ts';
import { requestPath } from '../../../../functions/salesforce-apicall/request/url.ts';

const HOST = 'https://example.my.salesforce.com';

/** Texts that a URL parser might read otherwise than they were written, among any others. */
const part = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
  fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
  fc.constantFrom(
    '.',
    '..',
    '%2e',
    '%2E%2e',
    '...',
    '%',
    '%2F',
    '\\',
    '..\\',
    '//',
    '?',
    '#',
    ';a=b',
  ),
  fc.constantFrom(
    '@',
    ':80',
    'https:',
    'Contact',
    '0014x000005VB1f',
    ' ',
    '+',
    '&',
    '=',
    "'",
    '\u2028',
  ),
);
const text = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const resource = fc.oneof(
  fc.constantFrom('sobjects', 'query', 'composite', 'apexrest', 'ApexRest'),
  part,
);
const request = fc.record(
  { resource, object: text, record: text, query: fc.dictionary(part, part) },
  { requiredKeys: ['resource'] },
);

/**
 * The request, or `undefined` where it is rejected, or made in another form because no URL carries its external id: whatever else is
 * not refused has to hold what is said below.
 */
function accepted(fields: object): ApiCallRequest | undefined {
  try {
    const parsed = parseRequest({ action: 'GET', ...fields });
    requireSafeRecord(parsed);
    return unsafeExternalId(parsed) === undefined ? parsed : undefined;
  } catch (error) {
    if (error instanceof RequestError) return undefined;
    throw error;
  }
}

const isApexRest = (name: string): boolean => name.toLowerCase() === 'apexrest';

/** The segments that a request asks for: the object's, and of the record the first and all the rest. */
function segmentsOf({ resource: name, object, record }: ApiCallRequest): string[] {
  const [first, ...rest] = record?.split('/') ?? [];
  return [
    ...(isApexRest(name) ? [] : [name]),
    ...(object?.split('/') ?? []),
    ...(first === undefined ? [] : [first]),
    ...(rest.length === 0 ? [] : [rest.join('/')]),
  ];
}

const rootOf = ({ resource: name }: ApiCallRequest): string =>
  isApexRest(name) ? '/services/apexrest' : '/services/data/v68.0';

describe('the path of any request that is accepted', () => {
  it('reads back, for a URL parser, as the segments and the query that were asked for', () => {
    let taken = 0;
    fc.assert(
      fc.property(request, (fields) => {
        const given = accepted(fields);
        if (given === undefined) return;
        taken += 1;
        const path = requestPath(given, 'v68.0');
        const { origin, pathname, search, searchParams, hash } = new URL(HOST + path);
        expect([origin, pathname + search, hash]).toEqual([HOST, path, '']);
        const below = pathname.slice(rootOf(given).length);
        expect(pathname.startsWith(rootOf(given))).toBe(true);
        expect(below.split('/').slice(1).map(decodeURIComponent)).toEqual(segmentsOf(given));
        expect([...searchParams]).toEqual(Object.entries(given.query ?? {}));
      }),
      { numRuns: 5_000 },
    );
    expect(taken).toBeGreaterThan(500);
  });

  it('is the same for one who resolves it against the root', () => {
    fc.assert(
      fc.property(request, (fields) => {
        const given = accepted(fields);
        if (given === undefined) return;
        const path = requestPath(given, 'v68.0');
        expect(new URL(path, `${HOST}/services/data/v1.0/`).href).toBe(HOST + path);
      }),
      { numRuns: 1_000 },
    );
  });

  it('holds nothing that a server could take for a step up or for another root', () => {
    fc.assert(
      fc.property(request, (fields) => {
        const given = accepted(fields);
        if (given === undefined || isApexRest(given.resource)) return;
        const [path = ''] = requestPath(given, 'v68.0').split('?');
        expect(path.split('/').slice(0, 4)).toEqual(['', 'services', 'data', 'v68.0']);
        expect(path).not.toMatch(/\/\.{1,2}(\/|$)|\/\/|[^\x21-\x7e]|\\/);
      }),
      { numRuns: 1_000 },
    );
  });
});
