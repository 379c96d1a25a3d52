import { createHash } from 'node:crypto';
import { RequestError } from '../errors.ts';
import { failure, type Outcome } from '../outcome/classify.ts';
import type { ApiCallRequest } from '../request/schema.ts';
import type { Claim, OnceTable } from './table.ts';

/** A request that may be made now; `close` has to be told what came of it, `undefined` - it was not made after all. */
export interface Permit {
  readonly close: (outcome: Outcome | undefined) => Promise<void>;
}

/** A permit, the outcome that the request had before or must have without a call, or how long to wait for that. */
export type Decision = Permit | { readonly outcome: Outcome } | { readonly waitSeconds: number };

/**
 * Asks whether a request may be made: it takes effect once per event. Rejects with a RequestError when the key came
 * before with another payload, or with the table's error when that cannot be asked.
 */
export type Guard = (request: ApiCallRequest, eventKey: string) => Promise<Decision>;

/** Repeating any other action leaves the record as it was after the first time. */
export const isRepeatable = ({ action }: ApiCallRequest): boolean => action !== 'POST';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The same event may ask for several things: the key is scoped by what is asked. */
export const effectId = (
  { action, resource, object, record }: ApiCallRequest,
  eventKey: string,
): string => sha256(JSON.stringify([action, resource, object ?? '', record ?? '', eventKey]));

const payloadHash = ({ payload, query, headers }: ApiCallRequest): string =>
  sha256(JSON.stringify([payload ?? null, query ?? null, headers ?? null]));

/** An effect as the table knows it. */
export interface Effect {
  readonly effectId: string;
  readonly payloadHash: string;
}

export const effectOf = (request: ApiCallRequest, eventKey: string): Effect => ({
  effectId: effectId(request, eventKey),
  payloadHash: payloadHash(request),
});

const unknown = failure(
  'outcome-unknown',
  'OUTCOME_UNKNOWN',
  'An earlier invocation ended before it knew whether Salesforce had made the change',
);

/** What a claim that is not ours comes to without a call. */
function withoutCall(claim: Exclude<Claim, { state: 'mine' }>): Exclude<Decision, Permit> {
  switch (claim.state) {
    case 'done':
      return { outcome: claim.outcome };
    case 'busy':
      return { waitSeconds: claim.waitSeconds };
    case 'abandoned':
      return { outcome: unknown };
    case 'reused':
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
  const close = async (id: string, outcome: Outcome | undefined): Promise<void> => {
    if (outcome?.kind === 'success') await table.complete(id, outcome).catch(onTableError);
    else if (outcome?.class !== 'outcome-unknown') await table.release(id).catch(onTableError);
  };

  return async (request, eventKey) => {
    if (isRepeatable(request)) return unguarded;
    const effect = effectOf(request, eventKey);
    const claim = await table.claim(effect.effectId, effect.payloadHash);
    if (claim.state !== 'mine') return withoutCall(claim);
    return { close: (outcome) => close(effect.effectId, outcome) };
  };
}
