import type { ErrorCode, RequestError } from './errors.ts';
import { failure, type Outcome } from './outcome/classify.ts';
import type { ApiCallRequest } from './request/schema.ts';

/** What an arrived request came to. */
export interface Performed {
  readonly outcome: Outcome;
  readonly code: ErrorCode;
  /** Absent when the request could not be understood. */
  readonly request?: ApiCallRequest;
  /** How long the API call took that the request was made in; absent when there was none. */
  readonly durationMs?: number;
}

/** Not a try: the request may be made later, for instance when less of the API limit is used. */
export interface HeldBack {
  readonly waitSeconds: number;
}

/** What an arrival comes to that is no request, or one that may not be made. */
export const refuse = ({ code, message }: RequestError): Performed => ({
  code,
  outcome: failure('permanent-data', code, message),
});
