import { describe, expect, it } from 'vitest';
import { RequestError } from '../../../../functions/salesforce-apicall/errors.ts';
import {
  fromBase64,
  isJsonType,
  parseJson,
} from '../../../../functions/salesforce-apicall/request/cloud-event.ts';

const rejection = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    if (error instanceof RequestError && error.code === 'request-parsing') return error.message;
    throw error;
  }
  throw new Error('it was taken');
};

describe('the text of a request', () => {
  it('is JSON, with the digits that it came with', () => {
    expect(JSON.stringify(parseJson('{"a":12345678901234567890}'))).toBe(
      '{"a":12345678901234567890}',
    );
    expect(rejection(() => parseJson('{'))).toBe('the request is not JSON, from character 2 on');
  });

  it('in base64 is UTF-8', () => {
    expect(fromBase64(Buffer.from('é😀').toString('base64'))).toBe('é😀');
    expect(rejection(() => fromBase64(Buffer.from([0xff]).toString('base64')))).toBe(
      'the request is not UTF-8',
    );
  });
});

describe('a media type', () => {
  it.each([
    ['application/json', true],
    ['APPLICATION/JSON', true],
    ['application/json; charset=utf-8', true],
    ['application/json ;charset=utf-8', true],
    ['application/cloudevents+json', true],
    ['application/a+b+json', true],
    ['text/json', true],
    ['application/jsonx', false],
    ['application/json x', false],
    ['application/xjson', false],
    ['application/x-json', false],
    ['json', false],
    ['/json', false],
    ['text/plain; a=b/json', false],
    ['text/plain; a=application/json', false],
    ['text/html', false],
    ['', false],
  ])('%j is that of JSON: %s', (type, expected) => expect(isJsonType(type)).toBe(expected));
});
