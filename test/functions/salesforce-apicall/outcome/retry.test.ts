import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failure } from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';
import {
  decideRetry,
  retryAfterSeconds,
  withJitter,
} from '../../../../functions/salesforce-apicall/outcome/retry.ts';

const delayOf = (
  name: Parameters<typeof failure>[0],
  attempts: number,
  random: number,
  more: { retryAfterSeconds?: number } = {},
): number => {
  const attempt = { attempts, maxAttempts: 99, now: new Date(0), random: () => random };
  const decision = decideRetry({ ...failure(name, 'E', 'm'), ...more }, attempt);
  return decision.kind === 'retry' ? decision.delaySeconds : Number.NaN;
};

describe('the delay before the next try', () => {
  it.each([
    ['retry-soon', [1, 1, 2, 4, 8, 16], [1, 2, 4, 8, 16, 32]],
    ['alone', [1, 1, 2, 4, 8, 16], [1, 2, 4, 8, 16, 32]],
    ['retry-later', [150, 300, 600, 1_200, 1_800, 1_800], [300, 600, 1_200, 2_400, 3_600, 3_600]],
  ] as const)('of %s lies between %j and %j', (name, least, most) => {
    expect(least.map((_, index) => delayOf(name, index + 1, 0))).toEqual(least);
    expect(most.map((_, index) => delayOf(name, index + 1, 1))).toEqual(most);
  });

  it('grows to five minutes, however often it failed', () => {
    expect([delayOf('retry-soon', 9, 1), delayOf('retry-soon', 60, 1)]).toEqual([256, 300]);
  });

  it('is what the server asks where that is longer, up to twelve hours', () => {
    const requested = [0, 250, 50_000].map((retryAfterSeconds) =>
      delayOf('retry-later', 1, 0, { retryAfterSeconds }),
    );
    expect(requested).toEqual([150, 250, 43_200]);
  });

  it('is whole seconds, spread by chance where none is given', () => {
    const now = new Date(0);
    const delays = Array.from({ length: 50 }, () =>
      decideRetry(failure('retry-soon', 'E', 'm'), { attempts: 8, maxAttempts: 9, now }),
    ).map((decision) => Object(decision).delaySeconds);
    expect(new Set(delays).size).toBeGreaterThan(1);
    for (const delay of delays) {
      expect(Number.isInteger(delay)).toBe(true);
      expect(delay).toBeGreaterThanOrEqual(64);
      expect(delay).toBeLessThanOrEqual(128);
    }
  });
});

describe('a wait for the same moment', () => {
  it.each([
    [100, 0, 100],
    [100, 0.5, 105],
    [100, 0.99, 110],
    [0, 0.5, 0],
    [43_000, 1, 43_200],
  ])('of %i seconds is, by chance %f, %i', (seconds, random, expected) =>
    expect(withJitter(seconds, () => random)).toBe(expected),
  );

  it('is never shorter, and at most a tenth longer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 39_000 }), (seconds) => {
        const waited = withJitter(seconds);
        expect(waited).toBeGreaterThanOrEqual(seconds);
        expect(waited).toBeLessThanOrEqual(Math.ceil(seconds * 1.1));
      }),
    );
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-25T09:00:00.500Z');

  it.each([
    ['0', 0],
    ['43201', 43_200],
    ['\t17 ', 17],
    ['1000000000', undefined],
    ['17s', undefined],
    ['x17', undefined],
    ['1.5', undefined],
    ['Wed, 25 Nov 2026 09:00:01 GMT', 1],
    ['Wed, 25 Nov 2026 09:00:00 GMT', 0],
    ['Thu, 26 Nov 2026 09:00:00 GMT', 43_200],
    ['Wed, 25 Foo 2026 09:00:01 GMT', undefined],
    ['2026-11-25T09:00:30Z', undefined],
    ['in Wed, 25 Nov 2026 09:00:30 GMT', undefined],
    ['WED, 25 Nov 2026 09:00:30 GMT', undefined],
    ['wed, 25 Nov 2026 09:00:30 GMT', undefined],
    ['Wedn, 25 Nov 2026 09:00:30 GMT', undefined],
  ])('%j is %j seconds', (header, seconds) => expect(retryAfterSeconds(header, now)).toBe(seconds));
});
