import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ageOf, plainText, plural } from '../../cli/words.ts';

describe('words for people', () => {
  it.each([
    [0, '0 letters'],
    [1, '1 letter'],
    [1_200, '1,200 letters'],
  ])('%d', (count, words) => expect(plural(count, 'letter')).toBe(words));

  it('of a noun in y', () => expect(plural(2, 'delivery')).toBe('2 deliveries'));

  it.each([
    [-5, '0s'],
    [59, '59s'],
    [60, '1m'],
    [3_599, '59m'],
    [7_200, '2h'],
    [86_400 * 3 + 1, '3d'],
  ])('an age of %d s is %s', (seconds, age) => {
    const now = new Date('2026-11-25T12:00:00Z');
    expect(ageOf(new Date(now.getTime() - seconds * 1_000), now)).toBe(age);
  });

  it("somebody else's text has no control character left, and an end", () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const shown = plainText(text, 100);
        expect(Array.from(shown).length).toBeLessThanOrEqual(101);
        expect(shown).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
