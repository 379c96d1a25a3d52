import { setTimeout } from 'node:timers/promises';
import { abortBefore, type RemainingMs } from '#common/aws.ts';
import { policyOf } from '#common/failure-policy.ts';
import type { EffectIds } from '#common/idempotency-record.ts';
import { RequestError } from '../errors.ts';
import { failure, type Outcome } from '../outcome/failure-class.ts';
import type { Deadline, IdempotencyTable, SaveResult } from './table.ts';

/**
 * Permission to make a request. `close` records its outcome; `undefined`: the request was not made after all. If the table does not
 * take it that nothing was made, it resolves to the `inProgressUntil` of the record that stays.
 */
export interface Permit {
  readonly kind: 'permitted';
  readonly close: (
    outcome: Outcome | undefined,
    remainingMs: RemainingMs,
  ) => Promise<string | undefined>;
}

/** A permit, the outcome that the request has without a call, or how long to wait, because another invocation may be making it. */
type GuardDecision =
  | Permit
  | { readonly kind: 'known'; readonly outcome: Outcome }
  | { readonly kind: 'wait'; readonly waitSeconds: number };

interface GuardTime {
  readonly remainingMs: RemainingMs;
  /** Time to keep for the call. The guard's own request gets at least 500 ms nevertheless (`abortBefore`). */
  readonly reserveMs: number;
}

/**
 * Decides whether a request may be made. `effect` is `undefined` for repeatable requests, which always may.
 *
 * `canRepeat`: Salesforce itself takes care that the effect happens once. Then only a completed record decides; the record
 * of an earlier attempt that never ended does not.
 *
 * `notMade`: the `inProgressUntil` of a record that stayed although its request was not made.
 *
 * Rejects with a RequestError if the key was used with another payload, or with the table's error if it does not respond in
 * time.
 */
export type Guard = (
  effect: EffectIds | undefined,
  time: GuardTime,
  options?: { readonly canRepeat?: boolean; readonly notMade?: string | undefined },
) => Promise<GuardDecision>;

/** Reserved for dead-letter messages and replies after a record is closed. */
const RESERVE_MS = 1_000;

/** Reserved if the request was not made: then its message can carry that to the next attempt. */
const NOT_MADE_RESERVE_MS = 5_000;

const unknown = failure(
  'outcome-unknown',
  'OUTCOME_UNKNOWN',
  'An earlier invocation ended before it knew whether Salesforce had made the change',
);

function mismatch(before: string | undefined, now: string | undefined): RequestError {
  const message =
    before === undefined || now === undefined
      ? 'idempotencyKey: was used before for another payload'
      : `key: event ${before} has used it for another payload than event ${now}; name what differs in key:`;
  return new RequestError('request-validation', message);
}

function withoutPermit(
  record: Exclude<SaveResult, { state: 'saved' }>,
  { eventId }: EffectIds,
): GuardDecision {
  switch (record.state) {
    case 'completed':
      return { kind: 'known', outcome: record.outcome };
    case 'in-progress':
      return { kind: 'wait', waitSeconds: record.waitSeconds };
    case 'expired':
      return { kind: 'known', outcome: unknown };
    case 'payload-mismatch':
      throw mismatch(record.eventId, eventId);
  }
}

/** An error that the same request would meet again: AWS has refused it for itself, not for the number of requests. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error &&
  '$fault' in error &&
  error.$fault === 'client' &&
  !/Throttl|ThroughputExceeded|LimitExceeded/.test(error.name);

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Writes until the table takes it, or only `reserveMs` of the invocation are left: a record that stays in progress makes a known
 * outcome unknown. The SDK's own attempts, which each `write` has, end too soon for a table that throttles.
 */
async function persist(
  write: (deadline: Deadline) => Promise<void>,
  { remainingMs, reserveMs }: GuardTime,
): Promise<void> {
  const endsAt = Date.now() + remainingMs() - reserveMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
    try {
      return await write(abortBefore(remainingMs, reserveMs));
    } catch (error) {
      if (isRefusal(error) || Date.now() + pauseMs >= endsAt) throw error;
      await setTimeout(pauseMs * (0.5 + Math.random() / 2));
    }
  }
}

const repeatable: Permit = { kind: 'permitted', close: async () => undefined };

type Table = Pick<
  IdempotencyTable,
  | 'read'
  | 'inProgressUntil'
  | 'saveInProgress'
  | 'saveCompleted'
  | 'deleteInProgress'
  | 'putCompleted'
>;

/** Writes an in-progress record. If the table's answer is lost, what it may have written is withdrawn: no call follows. */
async function claim(
  table: Table,
  effect: EffectIds,
  until: string,
  time: GuardTime,
  notMade: string | undefined,
): Promise<SaveResult> {
  const { remainingMs, reserveMs } = time;
  try {
    const deadline = abortBefore(remainingMs, reserveMs);
    return await table.saveInProgress(effect, until, deadline, notMade);
  } catch (error) {
    const { effectId } = effect;
    // A failure of the withdrawal has the same cause as this error, or there is a record, of another attempt.
    await persist((call) => table.deleteInProgress(effectId, until, call), time).catch(
      () => undefined,
    );
    throw error;
  }
}

const isKept = (outcome: Outcome | undefined): boolean =>
  outcome?.kind === 'failure' && policyOf(outcome.class).idempotencyRecord === 'keep';

/**
 * Makes sure that a request that is not repeatable takes effect once. Its record is in progress during the call; then it is
 * completed, or deleted if the call failed. The record of an unknown outcome stays as it is, so that no retry and no redrive
 * makes the call again before an operator has looked in Salesforce.
 *
 * @param onTableError called when a record cannot be closed. The outcome is known, so the request gets its reply all the same;
 *   a repeat will find an unknown outcome.
 */
export function createGuard(table: Table, onTableError: (error: unknown) => void): Guard {
  const close = async (
    effectId: string,
    until: string,
    outcome: Outcome | undefined,
    remainingMs: RemainingMs,
  ): Promise<string | undefined> => {
    if (isKept(outcome)) return undefined;
    const isMade = outcome?.kind === 'success';
    const write = (deadline: Deadline) =>
      outcome?.kind === 'success'
        ? table.saveCompleted(effectId, outcome, deadline)
        : table.deleteInProgress(effectId, until, deadline);
    const reserveMs = isMade ? RESERVE_MS : NOT_MADE_RESERVE_MS;
    try {
      await persist(write, { remainingMs, reserveMs });
      return undefined;
    } catch (error) {
      onTableError(error);
      return isMade ? undefined : until;
    }
  };

  /** Best effort: without the record, a repeat finds the record in Salesforce. */
  const closeRepeatable = async (
    effect: EffectIds,
    outcome: Outcome | undefined,
    remainingMs: RemainingMs,
  ): Promise<undefined> => {
    if (outcome?.kind !== 'success') return undefined;
    const options = abortBefore(remainingMs, RESERVE_MS);
    await table.putCompleted(effect, outcome, options).catch(onTableError);
    return undefined;
  };

  return async (effect, time, { canRepeat = false, notMade } = {}) => {
    if (effect === undefined) return repeatable;
    if (canRepeat) {
      const known = await table.read(effect, abortBefore(time.remainingMs, time.reserveMs));
      if (known !== undefined && known.state !== 'expired') return withoutPermit(known, effect);
      return { kind: 'permitted', close: (...result) => closeRepeatable(effect, ...result) };
    }
    const until = table.inProgressUntil();
    const record = await claim(table, effect, until, time, notMade);
    if (record.state !== 'saved') return withoutPermit(record, effect);
    const { effectId } = effect;
    return { kind: 'permitted', close: (...result) => close(effectId, until, ...result) };
  };
}
