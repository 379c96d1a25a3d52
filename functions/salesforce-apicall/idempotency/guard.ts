import { abortBefore, type RemainingMs } from '#common/aws.ts';
import { policyOf } from '#common/failure-policy.ts';
import type { EffectIds } from '#common/idempotency-record.ts';
import { RequestError } from '../errors.ts';
import { failure, type Outcome } from '../outcome/failure-class.ts';
import type { IdempotencyTable, SaveResult } from './table.ts';

/** Permission to make a request. `close` records its outcome; `undefined`: the request was not made after all. */
export interface Permit {
  readonly kind: 'permitted';
  readonly close: (outcome: Outcome | undefined, remainingMs: RemainingMs) => Promise<void>;
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
 * Rejects with a RequestError if the key was used with another payload, or with the table's error if it does not respond in
 * time.
 */
export type Guard = (
  effect: EffectIds | undefined,
  time: GuardTime,
  options?: { readonly canRepeat?: boolean },
) => Promise<GuardDecision>;

/** Reserved for dead-letter messages and replies after a record is closed. */
const RESERVE_MS = 1_000;

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

const repeatable: Permit = { kind: 'permitted', close: async () => undefined };

/**
 * Makes sure that a request that is not repeatable takes effect once. Its record is in progress during the call; then it is
 * completed, or deleted if the call failed. The record of an unknown outcome stays as it is, so that no retry and no redrive
 * makes the call again before an operator has looked in Salesforce.
 *
 * @param onTableError called when a record cannot be closed. The outcome is known, so the request gets its reply all the same;
 *   a repeat will find an unknown outcome.
 */
export function createGuard(
  table: Pick<
    IdempotencyTable,
    'read' | 'saveInProgress' | 'saveCompleted' | 'deleteInProgress' | 'putCompleted'
  >,
  onTableError: (error: unknown) => void,
): Guard {
  const close = async (
    effectId: string,
    outcome: Outcome | undefined,
    remainingMs: RemainingMs,
  ): Promise<void> => {
    const isKept =
      outcome?.kind === 'failure' && policyOf(outcome.class).idempotencyRecord === 'keep';
    if (isKept) return;
    const options = abortBefore(remainingMs, RESERVE_MS);
    const closed =
      outcome?.kind === 'success'
        ? table.saveCompleted(effectId, outcome, options)
        : table.deleteInProgress(effectId, options);
    await closed.catch(onTableError);
  };

  /** Best effort: without the record, a repeat finds the record in Salesforce. */
  const closeRepeatable = async (
    effect: EffectIds,
    outcome: Outcome | undefined,
    remainingMs: RemainingMs,
  ): Promise<void> => {
    if (outcome?.kind !== 'success') return;
    const options = abortBefore(remainingMs, RESERVE_MS);
    await table.putCompleted(effect, outcome, options).catch(onTableError);
  };

  return async (effect, { remainingMs, reserveMs }, { canRepeat = false } = {}) => {
    if (effect === undefined) return repeatable;
    const deadline = abortBefore(remainingMs, reserveMs);
    if (canRepeat) {
      const known = await table.read(effect, deadline);
      if (known !== undefined && known.state !== 'expired') return withoutPermit(known, effect);
      return { kind: 'permitted', close: (...result) => closeRepeatable(effect, ...result) };
    }
    const record = await table.saveInProgress(effect, deadline);
    if (record.state !== 'saved') return withoutPermit(record, effect);
    const { effectId } = effect;
    return { kind: 'permitted', close: (...result) => close(effectId, ...result) };
  };
}
