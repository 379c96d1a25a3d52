import { type FailureClass, policyOf, requestFailureClasses } from '#common/failure-policy.ts';
import type { ErrorData } from './reply-schema.ts';

/** One of Salesforce's errors. The message may quote field values: it belongs in replies and dead letters only. */
export type SalesforceError = Readonly<ErrorData['details']['errors'][number]>;

const classOfCode = new Map<string, FailureClass>(
  requestFailureClasses.flatMap((name) =>
    policyOf(name).errorCodes.map((code): [string, FailureClass] => [code, name]),
  ),
);

/** Codes under which Apex and flows pass on what went wrong inside them. */
const automation = new Set([
  'APEX_ERROR',
  'CANNOT_EXECUTE_FLOW_TRIGGER',
  'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
  'UNKNOWN_EXCEPTION',
]);

/** ConcurrentRequests, ConcurrentPerOrgApex, ConcurrentPerOrgLongTxn: limits of the moment, not of the day. */
const CONCURRENCY_LIMIT = /Concurrent(Requests|PerOrg)/;

/** What "sObject Collections" says of a record that stands in one call twice. */
const TWICE_IN_A_CALL = /duplicate (external )?id specified/i;

/** Codes whose message decides: Salesforce uses one code for two conditions. */
function classOfMessage({ errorCode, message }: SalesforceError): FailureClass | undefined {
  const hasLimit = errorCode === 'REQUEST_LIMIT_EXCEEDED' || automation.has(errorCode);
  if (hasLimit && CONCURRENCY_LIMIT.test(message)) return 'retry-soon';
  if (automation.has(errorCode) && message.includes('UNABLE_TO_LOCK_ROW')) return 'retry-soon';
  return errorCode === 'DUPLICATE_VALUE' && TWICE_IN_A_CALL.test(message) ? 'alone' : undefined;
}

/** "Status Codes and Error Responses" of the REST API Developer Guide; what gateways add by RFC 9110. */
function classOfStatus(status: number): FailureClass {
  // Salesforce Edge knows no route to the org: it is being moved or renamed.
  if (status === 420) return 'retry-later';
  if ([408, 409, 425, 429].includes(status) || status >= 500) return 'retry-soon';
  if ([413, 414, 431].includes(status)) return 'permanent-size';
  const isRedirect = status > 300 && status < 400;
  return isRedirect || [401, 403, 410].includes(status) ? 'configuration' : 'permanent-data';
}

/** What an error answer means: its first error decides where it is known, the HTTP status otherwise. */
export function classOf(status: number, [first]: readonly SalesforceError[]): FailureClass {
  const known = first && (classOfMessage(first) ?? classOfCode.get(first.errorCode));
  return known ?? classOfStatus(status);
}

/** Tries that are worth it for an error that says nothing of its cause: what has not passed by then is a defect. */
const UNEXPLAINED_TRIES = 3;

/** After how many tries an error is given up, where that is earlier than for others; `undefined` - it is not. */
export function triesOf(status: number, [first]: readonly SalesforceError[]): number | undefined {
  const isUnexplained = first?.errorCode === 'UNKNOWN_EXCEPTION' && !classOfMessage(first);
  return isUnexplained || status === 409 ? UNEXPLAINED_TRIES : undefined;
}

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

/** Whether the same request may succeed later, unchanged. */
export const isRetryable = ({ class: name }: Failure): boolean => policyOf(name).retry !== 'never';
