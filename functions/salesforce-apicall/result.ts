import type { EffectIds, NotMade } from '#common/idempotency-record.ts';
import type { ErrorCode, RequestError } from './errors.ts';
import { failure, type Outcome } from './outcome/failure-class.ts';
import type { ApiCallRequest } from './request/schema.ts';

/** What the request's message carries to its next attempt. */
interface Carried {
  /** How many requests may share a call with this one from now on; absent: as many as fit. */
  readonly callSize?: number | undefined;
  /** Records in progress that stay although the request was not made. */
  readonly notMade?: NotMade | undefined;
}

/** A request with an outcome: Salesforce's, that of its idempotency record, or a rejection without a call. */
export interface FinishedResult extends Carried {
  readonly outcome: Outcome;
  readonly code: ErrorCode;
  /** Absent if the data is not a valid request. */
  readonly request?: ApiCallRequest;
  /** How long the request's API call took; absent if there was none. */
  readonly durationMs?: number;
  /** The API call that the request was made in, and how many requests shared it; absent if there was none. */
  readonly callId?: string;
  readonly callRequests?: number;
  /** The request's idempotency record, by which an unknown outcome is resolved; absent for repeatable requests. */
  readonly effect?: EffectIds;
}

/** The result of a request. Only a `finished` one can count as an attempt, or lead to a reply on the bus. */
export type RequestResult =
  | ({ readonly kind: 'finished' } & FinishedResult)
  /** The request failed, and every other call would fail like it until `waitSeconds` have passed. */
  | ({ readonly kind: 'breaker-opened'; readonly waitSeconds: number } & FinishedResult)
  /** No call: the breaker is open, apicall is paused, another invocation is making the request, or low priority has to wait. */
  | ({ readonly kind: 'wait'; readonly waitSeconds: number } & Carried)
  /** No call, because there is none to make: no mapping matches the event, or its message was replaced by one for each mapping. */
  | ({ readonly kind: 'ignored'; readonly reason: 'unmapped' | 'several mappings' } & Carried)
  /** No call, because too little time was left. */
  | ({ readonly kind: 'not-started' } & Carried);

export const notStarted: RequestResult = { kind: 'not-started' };

/** The result of data that is not a valid request, or of a request that is not allowed. */
export const rejected = ({ code, message }: RequestError) => ({
  kind: 'finished' as const,
  code,
  outcome: failure('permanent-data', code, message),
});
