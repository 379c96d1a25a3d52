import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toChunks } from '../../../../functions/salesforce-apicall/coalesce/plan.ts';

const MAX_BYTES = 4_000_000;

interface Item {
  readonly bytes: number;
  readonly type: string;
}

const chunks = (items: readonly Item[], count = 200): number[] =>
  toChunks(items, { count, bytes: ({ bytes }) => bytes, typeOf: ({ type }) => type }).map(
    ({ length }) => length,
  );
const sized = (...sizes: number[]): Item[] => sizes.map((bytes) => ({ bytes, type: 't' }));
const typed = (...types: (string | number)[]): Item[] =>
  types.map((type) => ({ bytes: 1, type: String(type) }));
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('chunks of a list', () => {
  it.each([
    ['of nothing are none', [], 2, []],
    ['are full by count', sized(1, 1, 1, 1, 1), 2, [2, 2, 1]],
    ['are full by bytes, to the last one', sized(MAX_BYTES - 1, 1), 9, [2]],
    ['are full by bytes, one above', sized(MAX_BYTES, 1), 9, [1, 1]],
    ['count the bytes of all before', sized(MAX_BYTES / 2, MAX_BYTES / 2, 1), 9, [2, 1]],
    ['count anew in each', sized(MAX_BYTES, MAX_BYTES - 1, 1), 9, [1, 2]],
    ['hold what is too large alone', sized(1, MAX_BYTES + 1, 1), 9, [1, 1, 1]],
    ['hold ten types', typed(...numbers(10)), 99, [10]],
    ['hold no eleventh', typed(...numbers(11)), 99, [10, 1]],
    ['hold more of the tenth', typed(...numbers(10), 9, 9), 99, [12]],
    ['count types anew in each', typed(...numbers(20), 19), 99, [10, 11]],
    ['start a chunk for the eleventh, whatever follows', typed(...numbers(11), 0), 99, [10, 2]],
  ])('%s', (_what, items, count, expected) => expect(chunks(items, count)).toEqual(expected));

  it('are the list in its order, within every limit, and none could have taken the next item', () => {
    const item = fc.record({
      bytes: fc.constantFrom(0, 1, 1_999_999, 2_000_000, 4_000_000, 5_000_000),
      type: fc.nat(15).map(String),
    });
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        (items, max) => {
          const made = toChunks(items, {
            count: max,
            bytes: ({ bytes }) => bytes,
            typeOf: ({ type }) => type,
          });
          const fits = (chunk: readonly Item[]): boolean =>
            chunk.length <= max &&
            chunk.reduce((sum, { bytes }) => sum + bytes, 0) <= MAX_BYTES &&
            new Set(chunk.map(({ type }) => type)).size <= 10;
          expect(made.flat()).toEqual(items);
          for (const [index, chunk] of made.entries()) {
            const [next] = made[index + 1] ?? [];
            expect(chunk.length === 1 || fits(chunk)).toBe(true);
            if (next !== undefined) expect(fits([...chunk, next])).toBe(false);
          }
        },
      ),
    );
  });
});
