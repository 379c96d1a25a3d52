import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';
import { decideRetry } from '../../../../functions/salesforce-apicall/outcome/retry.ts';

describe('the retry decision for a failed message', () => {
  const failure = (name: Failure['class'], retryAfterSeconds?: number): Failure => ({
    kind: 'failure',
    class: name,
    errorCode: 'E',
    message: 'm',
    errors: [],
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
  const now = new Date(0);
  const at = (attempts: number) => ({ attempts, maxAttempts: 5, now, random: () => 0.5 });

  it('waits longer each time, never less than the server asked', () => {
    const delays = [1, 2, 3, 4].map((attempts) => decideRetry(failure('retry-soon'), at(attempts)));
    expect(delays).toEqual([1, 2, 3, 6].map((delaySeconds) => ({ kind: 'retry', delaySeconds })));
    expect(decideRetry(failure('retry-soon', 90), at(1))).toEqual({
      kind: 'retry',
      delaySeconds: 90,
    });
  });

  it('is dead-lettered after the last attempt, with a notBefore if a limit ends by itself', () => {
    expect(decideRetry(failure('retry-soon'), at(5))).toEqual({ kind: 'dead-letter' });
    expect(decideRetry(failure('retry-later'), at(5))).toMatchObject({
      kind: 'dead-letter',
      notBefore: new Date(2_700_000),
    });
  });

  it('is dead-lettered earlier if its error gets fewer attempts', () => {
    const unexplained = { ...failure('retry-soon'), maxAttempts: 3 };
    expect(decideRetry(unexplained, at(2))).toEqual({ kind: 'retry', delaySeconds: 2 });
    expect(decideRetry(unexplained, at(3))).toEqual({ kind: 'dead-letter' });
  });

  it.each(['permanent-data', 'permanent-size', 'configuration', 'outcome-unknown'] as const)(
    '%s is dead-lettered at once',
    (name) => {
      expect(decideRetry(failure(name), at(1))).toEqual({ kind: 'dead-letter' });
    },
  );
});
