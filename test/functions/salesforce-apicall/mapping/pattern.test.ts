import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExact } from '../../../../functions/common/json.ts';
import type { EventPattern } from '../../../../functions/salesforce-apicall/mapping/definition.ts';
import { matchesPattern } from '../../../../functions/salesforce-apicall/mapping/pattern.ts';
import { startMatcher } from '../../../template/event-ruler.ts';

const ask = startMatcher();

const patternOf = (detail: Record<string, unknown> | undefined): EventPattern => ({
  source: ['shop'],
  'detail-type': ['Order Placed'],
  ...(detail && { detail }),
});

/** EventBridge refuses an empty pattern. */
const withSource = (detail: Record<string, unknown>) => ({ source: ['shop'], detail });
const eventOf = (detail: unknown) => ({ source: 'shop', 'detail-type': 'Order Placed', detail });

const matches = (detail: Record<string, unknown>, event: unknown) =>
  matchesPattern(patternOf(detail), eventOf(event));

const names = fc.constantFrom('a', 'b', 'c');
/** Of alternatives: the build refuses a field that is also beside them, of which EventBridge sees the last only. */
const otherNames = fc.constantFrom('d', 'e');
const texts = fc.constantFrom('', 'a', 'A', 'ab', 'aB', 'abc', 'a*c', 'ä', 'b\\c');
const numbers = fc.constantFrom(0, 1, -1, 1.5, 100, 4_711.25);
const leaves = fc.oneof(texts, numbers, fc.boolean(), fc.constant(null));

const { event } = fc.letrec((tie) => ({
  event: fc.dictionary(fc.oneof(names, otherNames), tie('value'), { maxKeys: 4 }),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaves,
    fc.array(tie('value'), { maxLength: 3 }),
    tie('event'),
  ),
}));

const operators = fc.constantFrom('<', '<=', '>', '>=', '=');
const nonEmpty = texts.filter((text) => text !== '');
const matchers = fc.oneof(
  { weight: 4, arbitrary: leaves },
  fc.record({ prefix: nonEmpty }),
  fc.record({ suffix: nonEmpty }),
  fc.record({ 'equals-ignore-case': texts }),
  fc.record({ exists: fc.boolean() }),
  fc.record({ wildcard: fc.constantFrom('a*', '*c', 'a*c', 'a\\*c', '*b*', 'abc', 'b\\\\c') }),
  fc.tuple(operators, numbers).map((range) => ({ numeric: range })),
  fc.constant({ numeric: ['>', -5, '<=', 1.5] }),
  fc.record({
    'anything-but': fc.oneof(
      nonEmpty,
      numbers,
      fc.array(nonEmpty, { minLength: 1, maxLength: 2 }),
      fc.array(numbers, { minLength: 1, maxLength: 2 }),
      fc.record({ prefix: nonEmpty }),
      fc.record({ suffix: nonEmpty }),
    ),
  }),
);
const leafPattern = fc.array(matchers, { minLength: 1, maxLength: 2 });

const patternOver = (keys: fc.Arbitrary<string>) =>
  fc.letrec<{ pattern: Record<string, unknown>; field: unknown }>((tie) => ({
    pattern: fc.dictionary(keys, tie('field'), { minKeys: 1, maxKeys: 2 }),
    field: fc.oneof({ depthSize: 'small' }, leafPattern, tie('pattern')),
  })).pattern;

const withOr = fc
  .tuple(
    patternOver(names),
    fc.array(patternOver(otherNames), { minLength: 2, maxLength: 2 }),
    fc.boolean(),
  )
  .map(([all, some, has]) => (has ? { ...all, $or: some } : all));

describe('the pattern matcher', () => {
  it("decides as AWS's own", async () => {
    const seed = Date.now();
    const pairs = fc.sample(fc.tuple(withOr, event), { numRuns: 300, seed });
    const answers = await ask(
      pairs.map(([one, detail]) => ({ pattern: withSource(one), event: eventOf(detail) })),
    );
    const wrong = pairs.filter(([one, detail], index) => matches(one, detail) !== answers[index]);
    expect({ seed, wrong: wrong.map((pair) => JSON.stringify(pair)) }).toEqual({ seed, wrong: [] });
  });

  it('compares source and detail-type exactly', () => {
    expect(matchesPattern(patternOf(undefined), eventOf({}))).toBe(true);
    expect(matchesPattern(patternOf(undefined), { ...eventOf({}), source: 'Shop' })).toBe(false);
    const claimed = { ...eventOf({}), 'detail-type': 'Order Placed.claim-check' };
    expect(matchesPattern(patternOf(undefined), claimed)).toBe(false);
  });

  it('matches objects of an array within one element', () => {
    const labelled = { labels: { name: ['bug'], color: ['red'] } };
    expect(matches(labelled, { labels: [{ name: 'bug', color: 'red' }] })).toBe(true);
    expect(
      matches(labelled, {
        labels: [
          { name: 'bug', color: 'blue' },
          { name: 'x', color: 'red' },
        ],
      }),
    ).toBe(false);
  });

  it('does not take inherited properties for fields', () => {
    expect(matches({ constructor: [{ exists: true }] }, {})).toBe(false);
    expect(matches({ constructor: { name: [{ exists: true }] } }, {})).toBe(false);
  });

  it('compares a number of any length with a range', () => {
    const detail = parseExact('{"id": 123456789012345678901234567890}');
    expect(matches({ id: [{ numeric: ['>', 5] }] }, detail)).toBe(true);
    expect(matches({ id: [{ exists: true }] }, detail)).toBe(true);
    expect(matches({ id: [5] }, detail)).toBe(false);
  });

  it('takes linear time for a wildcard', () => {
    const startedAt = performance.now();
    expect(matches({ a: [{ wildcard: '*a*a*a*a*a*a*a*b' }] }, { a: 'a'.repeat(200_000) })).toBe(
      false,
    );
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
