import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matcherOf, textOf } from '../../../../local/salesforce/soql/literals.ts';

const escaped = (text: string): string => text.replace(/[\\']/g, '\\$&');
const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '_', '%', '.', 'é') });

describe('LIKE', () => {
  it('matches as a regular expression of the same pattern does', () => {
    fc.assert(
      fc.property(letters, letters, (pattern, text) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('%', '.*').replaceAll('_', '.');
        const expected = new RegExp(`^${source}$`, 'isu').test(text);
        expect(matcherOf(`'${pattern}'`)(text)).toBe(expected);
      }),
    );
  });

  it('takes no exponential time for a pattern with many wildcards', () => {
    const isMatch = matcherOf(`'${'%a'.repeat(1000)}b'`);
    const start = performance.now();
    expect(isMatch('a'.repeat(5000))).toBe(false);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('a string literal', () => {
  it('is any text whose quotes and backslashes are escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(textOf(`'${escaped(text)}'`)).toBe(text);
      }),
    );
  });
});
