import { describe, expect, it } from 'vitest';
import { RequestError } from '../../../../functions/salesforce-apicall/errors.ts';
import { requirePlain } from '../../../../functions/salesforce-apicall/request/schema.ts';

const nested = (depth: number): unknown =>
  depth === 0 ? 1 : { [`level${depth}`]: nested(depth - 1) };
const rejection = (data: unknown): string => {
  try {
    requirePlain(data);
  } catch (error) {
    if (error instanceof RequestError && error.code === 'request-validation') return error.message;
    throw error;
  }
  return '';
};

describe('data', () => {
  it.each([[null], [undefined], ['__proto__'], [5], [[]], [{}], [{ a: [null, { b: 'x' }] }]])(
    '%j is plain',
    (data) => expect(rejection(data)).toBe(''),
  );

  it('is nested to 100 levels below its fields, and not deeper', () => {
    expect(rejection(nested(101))).toBe('');
    expect(rejection(nested(102))).toBe('level102: must not be nested deeper than 100 levels');
  });

  it.each([
    ['{"__proto__":1}', 'unknown key: __proto__'],
    ['{"a":[0,{"__proto__":null}]}', 'unknown key: a.1.__proto__'],
  ])('%s is rejected by its place', (text, message) =>
    expect(rejection(JSON.parse(text))).toBe(message),
  );
});
