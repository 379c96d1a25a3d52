import type { RemainingMs } from '#common/aws.ts';
import type { ErrorCode, RequestError } from './errors.ts';
import { failure, type Outcome } from './outcome/failure-class.ts';
import type { Effect } from './request/idempotency-key.ts';
import type { Arrival } from './request/parse.ts';
import type { ApiCallRequest } from './request/schema.ts';

/** What an arrived request came to. */
export interface Performed {
  readonly outcome: Outcome;
  readonly code: ErrorCode;
  /** Absent when the request could not be understood. */
  readonly request?: ApiCallRequest;
  /** How long the API call took that the request was made in; absent when there was none. */
  readonly durationMs?: number;
  /** What a person has to settle in the once-only table when the outcome is unknown. */
  readonly effect?: Effect;
  /** The outcome is that of every call at present: not a try, the request is to be made again after this long. */
  readonly waitSeconds?: number;
}

/** Not a try: the request may be made later, for instance when less of the API limit is used. */
export interface HeldBack {
  readonly waitSeconds: number;
}

/**
 * Makes what has arrived into API calls. Answers one result per arrival, in order; `undefined` where there was no time to
 * begin. Never rejects.
 */
export type Perform = (
  arrivals: readonly Arrival[],
  remainingMs: RemainingMs,
) => Promise<(Performed | HeldBack | undefined)[]>;

/** What an arrival comes to that is no request, or one that may not be made. */
export const refuse = ({ code, message }: RequestError): Performed => ({
  code,
  outcome: failure('permanent-data', code, message),
});
