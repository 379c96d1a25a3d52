import { abortBefore, type RemainingMs } from '#common/aws.ts';
import { policyOf } from '#common/failure-policy.ts';
import { RequestError } from '../errors.ts';
import { failure, type Outcome } from '../outcome/failure-class.ts';
import { effectOf, isRepeatable } from '../request/idempotency-key.ts';
import type { ApiCallRequest } from '../request/schema.ts';
import type { Claim, OnceTable } from './table.ts';

/** A request that may be made now; `close` has to be told what came of it, `undefined` - it was not made after all. */
export interface Permit {
  readonly close: (outcome: Outcome | undefined, remainingMs: RemainingMs) => Promise<void>;
}

/** A permit, the outcome that the request had before or must have without a call, or how long to wait for that. */
type Decision = Permit | { readonly outcome: Outcome } | { readonly waitSeconds: number };

/** How long the answer may take: as long as the invocation lasts, less what its call needs. */
interface Patience {
  readonly remainingMs: RemainingMs;
  readonly reserveMs: number;
}

/**
 * Asks whether a request may be made: it takes effect once per event. Rejects with a RequestError when the key came
 * before with another payload, or with the table's error when that cannot be asked in time.
 */
export type Guard = (
  request: ApiCallRequest,
  eventKey: string,
  patience: Patience,
) => Promise<Decision>;

/** Left for dead letters and replies after a record is closed. */
const SETTLE_MS = 1_000;

const unknown = failure(
  'outcome-unknown',
  'OUTCOME_UNKNOWN',
  'An earlier invocation ended before it knew whether Salesforce had made the change',
);

/** What a claim that is not ours comes to without a call. */
function withoutCall(claim: Exclude<Claim, { state: 'mine' }>): Exclude<Decision, Permit> {
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

const unguarded: Permit = { close: async () => undefined };

/**
 * Guards the actions that are not repeatable. An outcome that is not known leaves its record behind, so that no
 * retry and no redrive makes the call again before a person has looked.
 */
export function createGuard(table: OnceTable, onTableError: (error: unknown) => void): Guard {
  /** The outcome is known, whatever the table says now; a record left open only makes a repeat ask a person. */
  const close = async (
    id: string,
    outcome: Outcome | undefined,
    remainingMs: RemainingMs,
  ): Promise<void> => {
    if (outcome?.kind === 'failure' && policyOf(outcome.class).idempotencyRecord === 'keep') return;
    const options = abortBefore(remainingMs, SETTLE_MS);
    const isDone = outcome?.kind === 'success';
    const closed = isDone ? table.complete(id, outcome, options) : table.release(id, options);
    await closed.catch(onTableError);
  };

  return async (request, eventKey, { remainingMs, reserveMs }) => {
    if (isRepeatable(request)) return unguarded;
    const { effectId: id, payloadHash: hash } = effectOf(request, eventKey);
    const claim = await table.claim(id, hash, abortBefore(remainingMs, reserveMs));
    if (claim.state !== 'mine') return withoutCall(claim);
    return { close: (outcome, remaining) => close(id, outcome, remaining) };
  };
}
