import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExactNumber, parseExact } from '../../../functions/common/json.ts';

const written = (text: string): string => JSON.stringify(parseExact(text));

describe('parseExact', () => {
  it.each([
    '9007199254740993',
    '12345678901234567890',
    '-123456789012345678.5',
    '0.12345678901234567890123',
    '1e400',
    '-2E-400',
  ])('keeps all digits of %s anywhere in a document', (number) => {
    expect(written(number)).toBe(number);
    expect(written(`{"a":[1,${number}],"b":{"c":${number}}}`)).toBe(
      `{"a":[1,${number}],"b":{"c":${number}}}`,
    );
  });

  it.each([
    ['1.50e1', 15],
    ['100000000000000000000000', 1e23],
    ['0.10000000000000000000', 0.1],
    ['9007199254740992', 2 ** 53],
    ['0e999', 0],
    ['-0.0', -0],
  ])('returns %s as a number, because JavaScript represents it exactly', (text, number) =>
    expect(parseExact(text)).toBe(number),
  );

  it('keeps the value of integers of any size', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (number) => {
        expect(BigInt(written(`[${number}]`).slice(1, -1))).toBe(number);
      }),
    );
  });
});

describe('parseExact, for other values', () => {
  it('returns the same as JSON.parse', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(parseExact(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('does not mistake text or objects for numbers', () => {
    expect(isExactNumber({ rawJSON: '12345678901234567890' })).toBe(false);
    expect(isExactNumber(parseExact('12345678901234567890'))).toBe(true);
    expect(parseExact('{"a":"12345678901234567890"}')).toEqual({ a: '12345678901234567890' });
  });

  it.each(['', '{', '01', '1234567890123456.', "{'a':1}"])('rejects %j', (text) =>
    expect(() => parseExact(text)).toThrow(SyntaxError),
  );
});
