import { describe, expect, it } from 'vitest';
import { RequestError } from '../../../../functions/salesforce-apicall/errors.ts';
import { parseJson } from '../../../../functions/salesforce-apicall/request/cloud-event.ts';
import { toIncomingRequest } from '../../../../functions/salesforce-apicall/request/parse.ts';
import { parseRequest } from '../../../../functions/salesforce-apicall/request/schema.ts';
import { processAround } from '../harness.ts';

const base = { action: 'POST', resource: 'sobjects', object: 'Contact' };
const origin = { id: 'message-1', source: 'arn:queue' };

const rejectionOf = (make: () => unknown): RequestError => {
  try {
    make();
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
  throw new Error('it was taken');
};

describe('a request with', () => {
  it.each([
    ['keys that nobody knows', { extra: 1, payloads: 1 }, 'unknown key: extra, payloads'],
    ['TriggerMesh keys in capitals', { Action: 'GET' }, 'unknown key: Action'],
    ['constructor as a key', { constructor: {} }, 'unknown key: constructor'],
    ['a verb that is none', { action: 'create' }, 'action: must be one of GET, POST'],
    ['an action that is no text', { action: 5 }, 'action: Invalid input: expected string'],
    ['no action', { action: undefined }, 'action: Invalid input: expected string'],
    [
      'an absolute URL for a resource',
      { resource: 'https://example.com' },
      'resource: must be one',
    ],
    ['a path for a resource', { resource: 'sobjects/Contact' }, 'resource: must be one'],
    ['two dots for a resource', { resource: '../../apexrest' }, 'resource: must be one'],
    ['an encoded resource', { resource: 'sobjects%2F..' }, 'resource: must be one'],
    ['an empty resource', { resource: '' }, 'resource: must be one'],
    [
      'an absolute URL for an object',
      { object: 'https://example.com' },
      'object: must not contain empty',
    ],
    ['a host for an object', { object: '//example.com/x' }, 'object: must not contain empty'],
    ['an absolute URL for a record', { record: 'https://example.com/x' }, 'record: must not begin'],
    ['a scheme for a record', { record: 'javascript:x/y' }, 'record: must not begin'],
    ['dots for an object', { object: 'Contact/./x' }, 'object: must not contain . or ..'],
    [
      'dots behind a line separator',
      { object: 'a\u2028/../x' },
      'object: must not contain . or ..',
    ],
    ['dots for a record', { record: '../x' }, 'record: must not contain . or ..'],
    ['a line break in an object', { object: 'Contact\nX' }, 'object: must not contain control'],
    ['a tab in a record', { record: 'a\tb' }, 'record: must not contain control'],
    ['a delete character in a record', { record: 'a\u007f' }, 'record: must not contain control'],
    ['half a character in an object', { object: '\udc00' }, 'object: must be well-formed'],
    ['an object of any length', { object: 'x'.repeat(256) }, 'object: Too big'],
    ['a record of any length', { record: 'x'.repeat(1025) }, 'record: Too big'],
    ['an empty record', { record: '' }, 'record: Too small'],
    ['a record that is no text', { record: 5 }, 'record: Invalid input: expected string'],
    ['a query that is text', { query: 'q=1' }, 'query: Invalid input: expected record'],
    [
      'a number in its query',
      { query: { limit: 5 } },
      'query.limit: Invalid input: expected string',
    ],
    ['a list in its query', { query: { a: ['b'] } }, 'query.a: Invalid input: expected string'],
    ['half a character in its query', { query: { a: '\ud800' } }, 'query.a: must be well-formed'],
    ['a header of HTTP', { headers: { Host: 'x' } }, 'headers.Host: must be an Sforce-… or If-…'],
    [
      'credentials',
      { headers: { authorization: 'x' } },
      'headers.authorization: must be an Sforce',
    ],
    ['a header name that ends early', { headers: { 'If-A: b\r\nX': 'c' } }, 'must be an Sforce'],
    ['a line break in a header', { headers: { 'If-Match': 'a\r\nX: b' } }, 'must be printable'],
    ['a header that is not ASCII', { headers: { 'If-Match': 'é' } }, 'must be printable ASCII'],
    ['a number in its headers', { headers: { 'If-Match': 5 } }, 'headers.If-Match: Invalid input'],
    ['an empty key', { idempotencyKey: '' }, 'idempotencyKey: Too small'],
    ['a key of any length', { idempotencyKey: 'x'.repeat(513) }, 'idempotencyKey: Too big'],
    ['a priority that is none', { priority: 'high' }, 'priority: Invalid option: expected one of'],
    ['a length of nothing', { fit: { Subject: 0 } }, 'fit.Subject: Too small'],
    ['half a length', { fit: { Subject: 1.5 } }, 'fit.Subject: Invalid input: expected int'],
  ])('%s is rejected by the name of the field', (_what, fields, message) => {
    const rejection = rejectionOf(() => parseRequest({ ...base, ...fields }));
    expect(rejection.code).toBe('request-validation');
    expect(rejection.message).toContain(message);
  });

  it.each([
    ['', 'unknown key: __proto__'],
    ['"query":', 'unknown key: query.__proto__'],
    ['"headers":', 'unknown key: headers.__proto__'],
    ['"fit":', 'unknown key: fit.__proto__'],
    ['"payload":', 'unknown key: payload.__proto__'],
    ['"payload":{"records":[0,', 'unknown key: payload.records.1.__proto__'],
  ])('a key __proto__ in %s is rejected, not left out', (at, message) => {
    const inside = '"__proto__":{"action":"DELETE"}';
    const closing = at.includes('[') ? ']}' : '';
    const field = at === '' ? inside : `${at}{${inside}}${closing}`;
    const data = JSON.parse(`{"action":"POST","resource":"sobjects",${field}}`);
    expect(rejectionOf(() => parseRequest(data)).message).toBe(message);
  });

  it('constructor as a key where any name may stand is taken as it is', () => {
    const fields = { query: { constructor: 'a' }, payload: { constructor: { prototype: 1 } } };
    expect(JSON.stringify(parseRequest({ ...base, ...fields }))).toBe(
      JSON.stringify({ ...base, ...fields }),
    );
  });

  it.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('a payload of nested %s is taken to a depth, and rejected below it', (_of, open, close) => {
    const nested = (depth: number): unknown =>
      JSON.parse(open.repeat(depth) + (open === '[' ? '' : '1') + close.repeat(depth));
    expect(() => parseRequest({ ...base, payload: nested(100) })).not.toThrow();
    for (const depth of [101, 5_000, 200_000]) {
      const { code, message } = rejectionOf(() =>
        parseRequest({ ...base, payload: nested(depth) }),
      );
      expect(code).toBe('request-validation');
      expect(message).toBe('payload: must not be nested deeper than 100 levels');
    }
  });

  it('numbers that need their digits, nested without end, is rejected and does not affect others', () => {
    const text = `${'['.repeat(200_000)}12345678901234567890${']'.repeat(200_000)}`;
    expect(rejectionOf(() => parseJson(text))).toMatchObject({
      code: 'request-parsing',
      message: 'the request is nested too deep',
    });
  });

  it('names of any length are cut in the message', () => {
    const { message } = rejectionOf(() => parseRequest({ ...base, ['x'.repeat(100_000)]: 1 }));
    expect(message).toMatch(/^unknown key: x{100}/);
    expect(message.length).toBe(2_000);
  });

  it('nothing but a number that JavaScript has none for is rejected', () => {
    const data = parseJson('{"action":"POST","resource":"x","payload":12345678901234567890}');
    expect(rejectionOf(() => parseRequest(data)).message).toMatch(/^payload: must not be a number/);
  });

  it('all of it wrong names every problem at once', () => {
    const { message } = rejectionOf(() =>
      parseRequest({ action: 'x', resource: '/', query: 1, z: 1 }),
    );
    expect(message).toMatch(/^action: .*; resource: .*; query: .*; unknown key: z$/);
  });

  it.each([undefined, null, 'text', 5, []])('%j for data is rejected', (data) =>
    expect(rejectionOf(() => parseRequest(data)).message).toMatch(
      /^request: Invalid input: expected/,
    ),
  );
});

describe('a rejected request', () => {
  it('does not affect others in its batch', async () => {
    const process = processAround({
      callSalesforce: async () => ({ status: 201, headers: {}, body: { id: '003' } }),
    });
    const deep = JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`);
    const incoming = [{ ...base, payload: deep }, base, { ...base, extra: 1 }].map((request) =>
      toIncomingRequest(request, origin),
    );
    const results = await process(incoming, () => 9_000);
    expect(results).toMatchObject([
      { code: 'request-validation', outcome: { class: 'permanent-data' } },
      { outcome: { kind: 'success' } },
      { code: 'request-validation' },
    ]);
  });
});

describe('an event that names itself', () => {
  const event = { id: '1', source: 's', 'detail-type': 'io.triggermesh.salesforce.apicall' };

  it.each([
    ['without an id', { id: undefined }],
    ['by an id of any length', { id: 'x'.repeat(1_025) }],
    ['by an id in two lines', { id: 'a\nb' }],
    ['by a source that is no text', { source: {} }],
    ['by a type of any length', { 'detail-type': 'x'.repeat(2_000) }],
  ])('%s is rejected', (_how, fields) => {
    const rejection = rejectionOf(() =>
      toIncomingRequest({ ...event, ...fields, detail: base }, origin),
    );
    expect(rejection.code).toBe('event-context');
    expect(rejection.message).toMatch(/^event attribute [a-z-]+: must be 1 to 1024 characters/);
  });

  it('by a key that will be rejected is named by its message', () => {
    const request = { ...base, idempotencyKey: 'x'.repeat(513) };
    expect(toIncomingRequest(request, origin)).toMatchObject({ context: { id: 'message-1' } });
  });
});
