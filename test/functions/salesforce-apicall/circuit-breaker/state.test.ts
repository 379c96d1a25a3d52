import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BreakerState,
  breakerReasonOf,
  isOpen,
  nextState,
} from '../../../../functions/salesforce-apicall/circuit-breaker/state.ts';
import type {
  Failure,
  Outcome,
} from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';

const now = new Date('2026-11-25T09:00:00Z');
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000);
const success: Outcome = { kind: 'success', status: 200, body: {} };
const failed = (name: Failure['class'], more: Partial<Failure> = {}): Failure => ({
  kind: 'failure',
  class: name,
  errorCode: 'E',
  message: 'm',
  errors: [],
  ...more,
});
const limit = failed('retry-later', { errorCode: 'REQUEST_LIMIT_EXCEEDED', status: 403 });
const login = failed('configuration', { errorCode: 'invalid_grant', isLogin: true });
const wrongData = failed('permanent-data', { status: 400 });
const stateOf = (times: number): BreakerState => ({
  reason: 'limit',
  openUntil: later(-1),
  times,
});

describe('the breaker opens', () => {
  it.each([
    ['by the daily limit', limit, 'limit'],
    ['by maintenance', failed('retry-later', { errorCode: 'ORG_IN_MAINTENANCE' }), 'limit'],
    ['by a login that is refused', login, 'login'],
    ['by a token that is refused', failed('configuration', { status: 401 }), 'login'],
    ['not by a success', success, undefined],
    ["not by an object's permissions", failed('configuration', { status: 403 }), undefined],
    [
      'not by a login server that is unavailable',
      failed('retry-soon', { isLogin: true }),
      undefined,
    ],
    ['not by 401 for data', failed('permanent-data', { status: 401 }), undefined],
    ['not by a lock', failed('retry-soon', { status: 400 }), undefined],
    ['not by wrong data', wrongData, undefined],
    [
      'not by the allocation of platform events',
      failed('retry-later', { errorCode: 'LIMIT_EXCEEDED' }),
      undefined,
    ],
    [
      'not by territories that are changing',
      failed('retry-later', { errorCode: 'TERRITORY_REALIGN_IN_PROGRESS' }),
      undefined,
    ],
  ] as const)('%s', (_what, outcome, reason) => expect(breakerReasonOf(outcome)).toBe(reason));

  it('by a login server only when it asks to come back later, which does not refuse the login', () => {
    expect(breakerReasonOf(failed('retry-later', { isLogin: true }))).toBe('limit');
  });
});

describe('a breaker', () => {
  it('is open until its time has come, not longer', () => {
    const state: BreakerState = { reason: 'limit', openUntil: now, times: 1 };
    expect(isOpen(undefined, now)).toBe(false);
    expect(isOpen(state, later(-0.001))).toBe(true);
    expect(isOpen(state, now)).toBe(false);
  });

  it.each([failed('retry-soon', { isLogin: true }), failed('permanent-data', { status: 401 })])(
    'stays as it is after %j',
    (outcome) => {
      expect(nextState(undefined, [outcome], now)).toBeUndefined();
      expect(nextState(stateOf(1), [outcome], now)).toBeUndefined();
    },
  );

  it.each([
    [limit, [300, 600, 1_200, 2_400, 3_600, 3_600]],
    [login, [60, 120, 240, 480, 900, 900]],
  ])('that %j opens waits twice as long each time, to a longest', (outcome, waits) => {
    const opened = waits.map((_, times) =>
      nextState(times === 0 ? undefined : stateOf(times), [outcome], now),
    );
    expect(opened).toEqual(
      waits.map((seconds, times) => ({
        reason: breakerReasonOf(outcome),
        times: times + 1,
        openUntil: later(seconds),
      })),
    );
  });

  it('waits for as long as the server asks where that is longer', () => {
    const asked = (retryAfterSeconds: number) =>
      nextState(undefined, [{ ...limit, retryAfterSeconds }], now);
    expect(asked(10)).toMatchObject({ openUntil: later(300) });
    expect(asked(7_200)).toMatchObject({ openUntil: later(7_200) });
  });

  it('takes its reason and its time from the outcome that tripped it, wherever that stands', () => {
    const outcomes = [success, { ...wrongData, retryAfterSeconds: 9_999 }, login, limit];
    expect(nextState(undefined, outcomes, now)).toEqual({
      reason: 'login',
      times: 1,
      openUntil: later(60),
    });
  });

  it('is closed by a success after it was opened, and by nothing else', () => {
    expect(nextState(stateOf(2), [wrongData, success], now)).toBe('closed');
    expect(nextState(stateOf(2), [wrongData], now)).toBeUndefined();
    expect(nextState(stateOf(2), [], now)).toBeUndefined();
    expect(nextState(undefined, [success], now)).toBeUndefined();
  });

  it('never closes on a trip, and never waits less than the time before', () => {
    const outcome = fc.constantFrom<Outcome>(success, limit, login, wrongData);
    fc.assert(
      fc.property(fc.array(outcome), fc.integer({ min: 1, max: 60 }), (outcomes, times) => {
        const [one, next] = [stateOf(times), stateOf(times + 1)].map((before) =>
          nextState(before, outcomes, now),
        );
        const isTripped = outcomes.some((given) => breakerReasonOf(given) !== undefined);
        expect(typeof one === 'object').toBe(isTripped);
        if (typeof one !== 'object' || typeof next !== 'object') return;
        expect(next.openUntil.getTime()).toBeGreaterThanOrEqual(one.openUntil.getTime());
      }),
    );
  });
});
