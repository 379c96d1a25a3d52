import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHttp } from '../../../../functions/salesforce-apicall/request/http.ts';
import { toIncomingRequest } from '../../../../functions/salesforce-apicall/request/parse.ts';
import { urlEvent } from '../../harness.ts';

const type = 'io.triggermesh.salesforce.apicall';
const request = { action: 'POST', resource: 'sobjects', object: 'Contact', payload: { A: 1 } };
const attributes = {
  'ce-specversion': '1.0',
  'ce-id': '1',
  'ce-source': 'orders',
  'ce-type': type,
};
const event = { specversion: '1.0', id: '1', source: 'orders', type, data: request };
const incoming = {
  context: { id: '1', source: 'orders', type },
  data: request,
  eventKey: ['orders', '1'],
};
const STRUCTURED = { 'content-type': 'application/cloudevents+json' };

const read = async (headers: Record<string, string>, body?: unknown) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const call = urlEvent({ headers, ...(text !== undefined && { body: text }) });
  return toIncomingRequest(parseHttp(call), { id: 'invocation', source: 'invoke' });
};
const binary = (headers: Record<string, string> = {}, body: unknown = request) =>
  read({ ...attributes, ...headers }, body);
const structured = (fields: object, headers: Record<string, string> = {}) =>
  read({ ...STRUCTURED, ...headers }, { ...event, ...fields });

const rejection = (code: string, message: string) => ({
  code,
  message: expect.stringContaining(message),
});

/** "HTTP Header Values" of the HTTP protocol binding. */
const encode = (text: string): string =>
  [...text].map((one) => (/[!#$&-~]/.test(one) ? one : encodeURIComponent(one))).join('');

describe('an event in binary mode', () => {
  it.each([
    ['as it should be', {}],
    ['with its content type', { 'content-type': 'application/json; charset=utf-8' }],
    ['with another JSON type', { 'content-type': 'application/vnd.example+JSON' }],
    [
      'with attributes that say nothing here',
      { 'ce-time': '2026-11-25T10:00:00Z', 'ce-trace': 'x' },
    ],
  ])('%s is read', async (_what, headers) => {
    expect(await binary(headers)).toEqual(incoming);
  });

  it('is read whatever the case of its header names', async () => {
    const capitals = Object.fromEntries(
      Object.entries({ ...attributes, 'ce-statefulid': 's' }).map(([name, value]) => [
        name.toUpperCase(),
        value,
      ]),
    );
    expect(await read(capitals, request)).toMatchObject({
      context: { id: '1', source: 'orders', statefulid: 's' },
    });
  });

  it.each([
    ['Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
    ['%e2%82%ac', '€'],
    ['"quoted \\"text\\""', 'quoted "text"'],
    ['100%25', '100%'],
    ['%41', 'A'],
    ['%2541', '%41'],
    // The official SDKs for JavaScript and Go send what is not encoded.
    ['50% off', '50% off'],
    ['100%', '100%'],
    ['%C0%A0', '%C0%A0'],
  ])('has the header value %s decoded once, to %s', async (value, expected) => {
    expect(await binary({ 'ce-id': value })).toMatchObject({ context: { id: expected } });
  });

  it('carries any text in its attributes', async () => {
    const text = fc
      .string({ minLength: 1, maxLength: 50, unit: 'grapheme' })
      .filter((value) => /^\P{Cc}+$/u.test(value));
    await fc.assert(
      fc.asyncProperty(text, async (id) => {
        expect(await binary({ 'ce-id': encode(id) })).toMatchObject({ context: { id } });
      }),
    );
  });

  it.each([
    ['/a%20b', '/a%20b'],
    ['https://example.com/?a=%2F', 'https://example.com/?a=%2F'],
    ['https://example.com/?a=%252F', 'https://example.com/?a=%2F'],
    ['%2Fshops%2Fberlin', '/shops/berlin'],
    ['a b', 'a b'],
    ['orders%E2%82%AC', 'orders€'],
  ])('has the source %s read as %s', async (source, expected) => {
    expect(await binary({ 'ce-source': source })).toMatchObject({ context: { source: expected } });
  });

  it('without a body has no data', async () => {
    expect(await read(attributes)).toMatchObject({ data: undefined });
  });

  it.each([
    ['an empty id', { 'ce-id': '' }, 'event attribute id: must'],
    ['a line break in an attribute', { 'ce-id': 'a%0Ab' }, 'event attribute id: must be 1 to 1024'],
    ['an id of any length', { 'ce-id': 'x'.repeat(1025) }, 'event attribute id: must be 1 to 1024'],
    ['another version', { 'ce-specversion': '0.3' }, 'event attribute specversion: must be "1.0"'],
    [
      'an extension named in other characters',
      { 'ce-my-extension': 'x' },
      'the name must consist of a-z and 0-9',
    ],
    [
      'a bridge id of any length',
      { 'ce-statefulid': 'x'.repeat(1025) },
      'attribute statefulid: must',
    ],
  ])('with %s is rejected: event-context', async (_what, headers, message) => {
    await expect(binary(headers)).rejects.toMatchObject(rejection('event-context', message));
  });

  it.each(Object.keys(attributes))('without %s is rejected by its name', async (name) => {
    const { [name]: _, ...others } = { ...attributes } as Record<string, string>;
    await expect(read(others, request)).rejects.toMatchObject({
      code: 'event-context',
      message: `missing headers: ${name}`,
    });
  });

  it.each([
    ['text', { 'content-type': 'text/plain' }, request, 'content-type: must be application/json'],
    ['XML', { 'content-type': 'application/xml' }, request, 'content-type: must be'],
    [
      'a datacontenttype of its own',
      { 'ce-datacontenttype': 'text/xml' },
      request,
      'datacontenttype',
    ],
    ['what is not JSON', {}, 'action=GET', 'the request is not JSON'],
  ])('with %s for data is rejected: request-parsing', async (_what, headers, body, message) => {
    await expect(binary(headers, body)).rejects.toMatchObject(
      rejection('request-parsing', message),
    );
  });

  it('takes nothing for data but its body', async () => {
    const other = Buffer.from('{"action":"DELETE"}').toString('base64');
    await expect(binary({ 'ce-data': 'x' })).resolves.toMatchObject({ data: request });
    await expect(binary({ 'ce-data_base64': other })).resolves.toMatchObject({ data: request });
  });
});

describe('an event in structured mode', () => {
  it.each([
    ['as it should be', {}, {}],
    ['with a charset', {}, { 'content-type': 'Application/CloudEvents+JSON;charset=UTF-8' }],
    ['with an attribute that is null', { subject: null }, {}],
    ['with a JSON type', { datacontenttype: 'application/json' }, {}],
    [
      'with its data in base64',
      { data: undefined, data_base64: Buffer.from(JSON.stringify(request)).toString('base64') },
      {},
    ],
  ])('%s is read', async (_what, fields, headers) => {
    expect(await structured(fields, headers)).toEqual(incoming);
  });

  it.each([
    ['no version', { specversion: undefined }, 'attribute specversion: must be "1.0"'],
    ['another version', { specversion: '2.0' }, 'attribute specversion: must be "1.0"'],
    ['no id', { id: undefined }, 'attribute id: must'],
    ['an id that is a number', { id: 5 }, 'attribute id: must'],
    ['no source', { source: undefined }, 'attribute source: must'],
    ['no type', { type: undefined }, 'attribute type: must'],
    ['an empty schema', { dataschema: '' }, 'attribute dataschema: must not be empty'],
    ['an empty subject', { subject: '' }, 'attribute subject: must not be empty'],
    [
      'a time of another format',
      { time: 'yesterday' },
      'attribute time: must be a time by RFC 3339',
    ],
    ['a time that is a number', { time: 5 }, 'attribute time: must be a time by RFC 3339'],
    ['an extension that is an object', { ext: {} }, 'attribute ext: must be text'],
    ['an extension named in other characters', { my_ext: 'x' }, 'name must consist of a-z and 0-9'],
  ])('with %s is rejected: event-context', async (_what, fields, message) => {
    await expect(structured(fields)).rejects.toMatchObject(rejection('event-context', message));
  });

  it.each([
    ['data of another type', { datacontenttype: 'text/xml', data: '<a/>' }, 'datacontenttype'],
    ['a content type that is no text', { datacontenttype: 5 }, 'datacontenttype'],
    ['data twice', { data_base64: 'e30=' }, 'data, data_base64: only one'],
    [
      'data that is no base64',
      { data: undefined, data_base64: '{}' },
      'data_base64: must be base64',
    ],
    ['data in base64 that is not UTF-8', { data: undefined, data_base64: '/w==' }, 'not UTF-8'],
    ['data in base64 that is not JSON', { data: undefined, data_base64: 'YQ==' }, 'not JSON'],
  ])('with %s is rejected: request-parsing', async (_what, fields, message) => {
    await expect(structured(fields)).rejects.toMatchObject(rejection('request-parsing', message));
  });
});

describe('a call over HTTP', () => {
  it.each([
    ['application/cloudevents-batch+json', [event], 'batches of events are not accepted'],
    ['application/cloudevents-batch+json; charset=utf-8', event, 'batches of events'],
    ['application/cloudevents+avro', event, 'application/cloudevents+json is accepted'],
    ['application/cloudevents', event, 'application/cloudevents+json is accepted'],
    ['application/cloudevents+json', '', 'not JSON'],
    ['application/json', '', 'not JSON'],
  ])('of the type %s with %j is rejected: request-parsing', async (contentType, body, message) => {
    await expect(read({ 'content-type': contentType }, body)).rejects.toMatchObject(
      rejection('request-parsing', message),
    );
  });

  it('may be the bare request, whatever its content type says', async () => {
    expect(await read({ 'content-type': 'text/plain' }, request)).toMatchObject({
      context: { id: 'invocation', source: 'invoke', type },
      data: request,
    });
  });

  it('with a body that is not UTF-8 is rejected, not repaired', async () => {
    const body = Buffer.from([0x7b, 0xff, 0x7d]);
    expect(() => parseHttp(urlEvent({ body }))).toThrow('the request is not UTF-8');
  });

  it.each([
    ['bare', {}, (text: string) => text],
    ['binary', attributes, (text: string) => text],
    [
      'structured',
      STRUCTURED,
      (text: string) => `${JSON.stringify(event).slice(0, -1)},"data":${text}}`,
    ],
  ])('keeps the digits of numbers: %s', async (_form, headers, around) => {
    const text = '{"action":"POST","payload":{"Number__c":12345678901234567890}}';
    const { data } = await read(headers, around(text));
    expect(JSON.stringify(data)).toBe(text);
  });
});
