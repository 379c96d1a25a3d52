import { describe, expect, it } from 'vitest';
import {
  type FailureClass,
  findPolicy,
  policyOf,
  requestFailureClasses,
} from '../../../functions/common/failure-policy.ts';

/** The classes that operators and consumers know. More may come, none may go. */
const published: readonly FailureClass[] = [
  'retry-soon',
  'retry-later',
  'alone',
  'permanent-data',
  'permanent-size',
  'configuration',
  'outcome-unknown',
];

const classesWith = (property: 'retryable' | 'parked' | 'opens the circuit breaker' | 'kept') =>
  requestFailureClasses.filter((name) => {
    const { retry, redrive, circuitBreaker, idempotencyRecord } = policyOf(name);
    if (property === 'retryable') return retry !== 'never';
    if (property === 'parked') return typeof redrive === 'object';
    if (property === 'kept') return idempotencyRecord === 'keep';
    return circuitBreaker !== 'unaffected';
  });

describe('the failure policies', () => {
  it('have a sentence on meaning and on the operator action for the documentation', () => {
    for (const name of requestFailureClasses) {
      expect(policyOf(name).meaning).toMatch(/^\S.*\.$/);
      expect(policyOf(name).operatorAction).toMatch(/^\S.*\.$/);
    }
  });

  it('keep the names of the public contract', () => {
    expect([...requestFailureClasses]).toEqual(expect.arrayContaining([...published]));
  });

  it.each([
    ['retryable', ['retry-soon', 'retry-later', 'alone']],
    ['parked', ['permanent-data', 'permanent-size', 'outcome-unknown']],
    [
      'opens the circuit breaker',
      ['retry-soon', 'retry-later', 'configuration', 'outcome-unknown'],
    ],
    ['kept', ['outcome-unknown']],
  ] as const)('%s: %j', (property, expected) => {
    expect(classesWith(property).filter((name) => published.includes(name))).toEqual(expected);
  });

  it.each(requestFailureClasses)(
    '%s: the delays of a retry grow from its base to its cap',
    (name) => {
      const { retry } = policyOf(name);
      if (retry === 'never') return;
      expect(retry.baseSeconds).toBeGreaterThan(0);
      expect(retry.capSeconds).toBeGreaterThanOrEqual(retry.baseSeconds);
    },
  );

  it.each(requestFailureClasses)(
    '%s: is parked for an unknown outcome if its record is kept',
    (name) => {
      const { redrive, idempotencyRecord } = policyOf(name);
      const isUnknown = typeof redrive === 'object' && redrive.park === 'OUTCOME_UNKNOWN';
      expect(isUnknown).toBe(idempotencyRecord === 'keep');
    },
  );

  it('are found by names that messages hold, and by no other', () => {
    expect(findPolicy('alone')).toBe(policyOf('alone'));
    expect(findPolicy('permanent-unheard-of')).toBeUndefined();
    expect(findPolicy('toString')).toBeUndefined();
  });
});
