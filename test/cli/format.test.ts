import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAge, parseDuration, plural, sanitizeText } from '../../cli/format.ts';
import { wrapText } from '../../cli/layout.ts';

describe('plural', () => {
  it.each([
    [0, '0 messages'],
    [1, '1 message'],
    [1_200, '1,200 messages'],
  ])('agrees with the count %d', (count, text) => expect(plural(count, 'message')).toBe(text));

  it('turns a final y into ies', () => expect(plural(2, 'delivery')).toBe('2 deliveries'));
});

describe('formatAge', () => {
  it.each([
    [-5, '0s'],
    [59, '59s'],
    [60, '1m'],
    [3_599, '59m'],
    [7_200, '2h'],
    [86_400 * 3 + 1, '3d'],
  ])('shows %d s as %s', (seconds, age) => {
    const now = new Date('2026-11-25T12:00:00Z');
    expect(formatAge(new Date(now.getTime() - seconds * 1_000), now)).toBe(age);
  });
});

describe('a duration', () => {
  it('is read as it is shown', () => {
    const below = { s: 60, m: 60, h: 24, d: 10_000 } as const;
    for (const [unit, end] of Object.entries(below))
      for (let amount = 1; amount < end; amount += 1) {
        const ms = parseDuration(`${amount}${unit}`) ?? Number.NaN;
        expect(formatAge(new Date(0), new Date(ms))).toBe(`${amount}${unit}`);
      }
  });

  it.each(['', '5', '1.5h', '-3d', '3 d', '3D', '1w', '1h30m', 'd'])('is not %j', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );
});

describe('sanitizeText', () => {
  it('removes control characters, and cuts long texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const shown = sanitizeText(text, 100);
        expect(Array.from(shown).length).toBeLessThanOrEqual(101);
        expect(shown).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
    expect(sanitizeText('invoice\u202efdp.exe', 100)).toBe('invoice fdp.exe');
  });
});

describe('wrapText', () => {
  it('breaks between words, and indents the lines that follow', () => {
    expect(wrapText('word '.repeat(30).trim(), '> ')).toEqual([
      `> ${'word '.repeat(19).trim()}`,
      `  ${'word '.repeat(11).trim()}`,
    ]);
  });

  it('keeps to the width of the terminal, and leaves room beside a long prefix', () => {
    for (const columns of [40, 72, 160])
      for (const line of wrapText('word '.repeat(60), '> ', columns))
        expect(line.length).toBeLessThan(columns);
    expect(wrapText('word '.repeat(8), ' '.repeat(60), 40)[0]?.trim()).toBe('word word word word');
  });

  it('breaks a word that does not fit, and wide characters by their width', () => {
    for (const text of ['x'.repeat(250), '漢'.repeat(120)])
      expect(wrapText(text).map((line) => line.length)).toEqual(
        text.startsWith('x') ? [99, 99, 52] : [49, 49, 22],
      );
  });
});
