import { abortBefore, type RemainingMs } from '#common/aws.ts';
import { policyOf } from '#common/failure-policy.ts';
import type { EffectIds } from '#common/idempotency-record.ts';
import { RequestError } from '../errors.ts';
import { failure, type Outcome } from '../outcome/failure-class.ts';
import type { ClaimResult, IdempotencyTable } from './table.ts';

/** Leave to make a request. `close` records its outcome; `undefined`: the request was not made after all. */
export interface Permit {
  readonly close: (outcome: Outcome | undefined, remainingMs: RemainingMs) => Promise<void>;
}

/** A permit, the outcome that the request has without a call, or how long to wait for that of another invocation. */
type GuardDecision = Permit | { readonly outcome: Outcome } | { readonly waitSeconds: number };

interface GuardTime {
  readonly remainingMs: RemainingMs;
  /** Of the invocation's time, what the call itself needs: the guard takes none of it. */
  readonly reserveMs: number;
}

/**
 * Decides whether a request may be made. `effect` is `undefined` for repeatable requests, which always may.
 *
 * Rejects with a RequestError if the key was used with another payload, or with the table's error if it does not answer in
 * time.
 */
export type Guard = (effect: EffectIds | undefined, time: GuardTime) => Promise<GuardDecision>;

/** Reserved for dead-letter messages and replies after a record is closed. */
const RESERVE_MS = 1_000;

const unknown = failure(
  'outcome-unknown',
  'OUTCOME_UNKNOWN',
  'An earlier invocation ended before it knew whether Salesforce had made the change',
);

function withoutPermit(claim: Exclude<ClaimResult, { state: 'claimed' }>): GuardDecision {
  switch (claim.state) {
    case 'completed':
      return { outcome: claim.outcome };
    case 'in-progress':
      return { waitSeconds: claim.waitSeconds };
    case 'expired':
      return { outcome: unknown };
    case 'payload-mismatch':
      throw new RequestError(
        'request-validation',
        'idempotencyKey: was used before for another payload',
      );
  }
}

const repeatable: Permit = { close: async () => undefined };

/**
 * Makes sure that a request that is not repeatable takes effect once. The record of an unknown outcome stays, so that no
 * retry and no redrive makes the call again before somebody has looked in Salesforce.
 *
 * @param onTableError called when a record cannot be closed. The outcome is known, so the request is answered all the same;
 *   a repeat will find an unknown outcome.
 */
export function createGuard(
  table: Pick<IdempotencyTable, 'claim' | 'complete' | 'release'>,
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
        ? table.complete(effectId, outcome, options)
        : table.release(effectId, options);
    await closed.catch(onTableError);
  };

  return async (effect, { remainingMs, reserveMs }) => {
    if (effect === undefined) return repeatable;
    const claim = await table.claim(effect, abortBefore(remainingMs, reserveMs));
    if (claim.state !== 'claimed') return withoutPermit(claim);
    return { close: (outcome, remaining) => close(effect.effectId, outcome, remaining) };
  };
}
