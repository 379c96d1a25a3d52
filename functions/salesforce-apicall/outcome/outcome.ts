import type { FailureClass, SalesforceError } from './failure-class.ts';

/** Why a request has not succeeded, as far as Salesforce or the way to it says. */
export interface Failure {
  readonly kind: 'failure';
  readonly class: FailureClass;
  /** HTTP status; absent where there was no answer. */
  readonly status?: number;
  readonly errorCode: string;
  readonly message: string;
  readonly errors: readonly SalesforceError[];
  readonly retryAfterSeconds?: number;
  /** After so many tries it is given up, where others of its class are tried more often. */
  readonly maxTries?: number;
  /** The login failed, not the call: every other call would fail the same way. */
  readonly isLogin?: true;
}

/** Salesforce has done what was asked, or had nothing to do. */
export interface Success {
  readonly kind: 'success';
  readonly status: number;
  readonly body: unknown;
}

/** What a request came to. */
export type Outcome = Success | Failure;

/** A failure that Salesforce did not answer itself. */
export const failure = (name: FailureClass, errorCode: string, message: string): Failure => ({
  kind: 'failure',
  class: name,
  errorCode,
  message,
  errors: [],
});

/** Whether waiting helps; everything else is final at once. */
export const isRetryable = ({ class: name }: Failure): boolean =>
  name === 'retry-soon' || name === 'retry-later' || name === 'alone';
