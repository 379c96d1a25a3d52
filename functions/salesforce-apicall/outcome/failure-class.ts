import { type FailureClass, policyOf, requestFailureClasses } from '#common/failure-policy.ts';
import type { ErrorData } from './reply-schema.ts';

/** One of Salesforce's errors. The message may quote field values: it belongs in replies and dead-letter messages only. */
export type SalesforceError = Readonly<ErrorData['details']['errors'][number]>;

const classOfCode = new Map<string, FailureClass>(
  requestFailureClasses.flatMap((name) =>
    policyOf(name).errorCodes.map((code): [string, FailureClass] => [code, name]),
  ),
);

/** Codes under which Apex and flows report errors of their own. */
const automation = new Set([
  'APEX_ERROR',
  'CANNOT_EXECUTE_FLOW_TRIGGER',
  'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
  'UNKNOWN_EXCEPTION',
]);

/** ConcurrentRequests, ConcurrentPerOrgApex, ConcurrentPerOrgLongTxn: these limits pass in a moment, the daily one doesn't. */
const CONCURRENCY_LIMIT = /Concurrent(Requests|PerOrg)/;

/** The message of "sObject Collections" for a record that is in one call twice. */
const TWICE_IN_A_CALL = /duplicate (external )?id specified/i;

/** Salesforce uses these codes for two conditions: the message decides. */
function classOfMessage({ errorCode, message }: SalesforceError): FailureClass | undefined {
  const hasLimit = errorCode === 'REQUEST_LIMIT_EXCEEDED' || automation.has(errorCode);
  if (hasLimit && CONCURRENCY_LIMIT.test(message)) return 'retry-soon';
  if (automation.has(errorCode) && message.includes('UNABLE_TO_LOCK_ROW')) return 'retry-soon';
  return errorCode === 'DUPLICATE_VALUE' && TWICE_IN_A_CALL.test(message) ? 'alone' : undefined;
}

/** "Status Codes and Error Responses" of the REST API Developer Guide; statuses of gateways by RFC 9110. */
function classOfStatus(status: number): FailureClass {
  // Salesforce Edge has no route to the org, which is being moved or renamed.
  if (status === 420) return 'retry-later';
  if ([408, 409, 425, 429].includes(status) || status >= 500) return 'retry-soon';
  if ([413, 414, 431].includes(status)) return 'permanent-size';
  const isRedirect = status > 300 && status < 400;
  return isRedirect || [401, 403, 410].includes(status) ? 'configuration' : 'permanent-data';
}

/** The class of an error answer: by its first error if that is known, by the HTTP status otherwise. */
export function classOf(status: number, [first]: readonly SalesforceError[]): FailureClass {
  const known = first && (classOfMessage(first) ?? classOfCode.get(first.errorCode));
  return known ?? classOfStatus(status);
}

/** Attempts for an error that does not tell its cause: what has not passed by then is a defect. */
const UNEXPLAINED_ATTEMPTS = 3;

/** The maximum attempts of an error that has fewer than its class; `undefined`: it has as many. */
export function maxAttemptsOf(
  status: number,
  [first]: readonly SalesforceError[],
): number | undefined {
  const isUnexplained = first?.errorCode === 'UNKNOWN_EXCEPTION' && !classOfMessage(first);
  return isUnexplained || status === 409 ? UNEXPLAINED_ATTEMPTS : undefined;
}

/** Why a request failed, as Salesforce, a gateway or the network tells. */
export interface Failure {
  readonly kind: 'failure';
  readonly class: FailureClass;
  /** HTTP status; absent if there was no answer. */
  readonly status?: number;
  readonly errorCode: string;
  readonly message: string;
  readonly errors: readonly SalesforceError[];
  readonly retryAfterSeconds?: number;
  /** Present if there are fewer attempts than for others of its class. */
  readonly maxAttempts?: number;
  /** The login failed, so every other call would fail the same way. */
  readonly isLogin?: true;
}

/** Salesforce did what was asked, or had nothing to do. */
export interface Success {
  readonly kind: 'success';
  readonly status: number;
  readonly body: unknown;
}

/** What a request came to. */
export type Outcome = Success | Failure;

/** A failure without an answer of Salesforce. */
export const failure = (name: FailureClass, errorCode: string, message: string): Failure => ({
  kind: 'failure',
  class: name,
  errorCode,
  message,
  errors: [],
});

/** Whether the same request may succeed later, unchanged. */
export const isRetryable = ({ class: name }: Failure): boolean => policyOf(name).retry !== 'never';
