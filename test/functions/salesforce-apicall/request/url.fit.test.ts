import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitPayload } from '../../../../functions/salesforce-apicall/request/url.ts';

const fitted = (payload: unknown, fit?: Record<string, number>): unknown =>
  fitPayload({
    action: 'POST',
    resource: 'sobjects',
    payload,
    ...(fit === undefined ? {} : { fit }),
  });
const text = (payload: unknown, length: number): unknown =>
  Object(fitted({ payload }, { payload: length })).payload;

describe('a text that is to fit', () => {
  it.each([
    ['abc', 2, 'ab'],
    ['abc', 3, 'abc'],
    ['abc', 9, 'abc'],
    ['', 1, ''],
    ['a\ud800\udc00', 2, 'a'],
    ['a\udbff\udfff', 2, 'a'],
    ['a\ud7ffb', 2, 'a\ud7ff'],
    ['a\ue000b', 2, 'a\ue000'],
    ['a\udc00b', 2, 'a\udc00'],
    ['a\ud800', 2, 'a\ud800'],
    ['a\ud800\udc00', 3, 'a\ud800\udc00'],
  ])('%j in %i units is %j', (given, length, expected) =>
    expect(text(given, length)).toBe(expected),
  );

  it('is the longest beginning of itself that fits and ends with a whole character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        (given, length) => {
          const kept = String(text(given, length));
          expect(given.startsWith(kept)).toBe(true);
          expect(kept.isWellFormed()).toBe(true);
          expect(kept.length).toBeLessThanOrEqual(length);
          const shortest = Math.min(given.length, length) - 1;
          expect(kept.length).toBeGreaterThanOrEqual(shortest);
        },
      ),
    );
  });
});

describe('a payload', () => {
  it.each([[undefined], [null], ['text'], [['text']], [5]])('%j stays what it is', (payload) => {
    expect(fitted(payload, { 0: 1, length: 1 })).toBe(payload);
  });

  it('stays what it is where nothing is to fit', () => {
    const payload = { a: 'abc' };
    expect(fitted(payload)).toBe(payload);
  });

  it('keeps fields that are not named, that hold no text, or that have a name of their own', () => {
    const payload = { a: 'abc', b: 5, c: null, toString: 'abc', constructor: 'abc' };
    expect(fitted(payload, { b: 1, c: 1 })).toEqual(payload);
    expect(Object.keys(Object(fitted(payload, { a: 1 })))).toEqual(Object.keys(payload));
  });
});
