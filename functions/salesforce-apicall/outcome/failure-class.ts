import { type FailureClass, policyOf, requestFailureClasses } from '#common/failure-policy.ts';
import type { ErrorData } from './reply-schema.ts';

/** One of Salesforce's errors. The message may quote field values: it belongs in replies and dead-letter messages only. */
export type SalesforceError = Readonly<ErrorData['details']['errors'][number]>;

const classOfCode = new Map<string, FailureClass>(
  requestFailureClasses.flatMap((name) =>
    policyOf(name).errorCodes.map((code): [string, FailureClass] => [code, name]),
  ),
);

/** Codes with which Apex and flows report their own errors. */
const automation = new Set([
  'APEX_ERROR',
  'CANNOT_EXECUTE_FLOW_TRIGGER',
  'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
  'UNKNOWN_EXCEPTION',
]);

/** ConcurrentRequests, ConcurrentPerOrgApex, ConcurrentPerOrgLongTxn: unlike the daily limit, these free up in a moment. */
const CONCURRENCY_LIMIT = /Concurrent(Requests|PerOrg)/;

/**
 * A locked row, in the words of Salesforce, of a trigger that it fails, and of a query `FOR UPDATE`. Apex can wrap them into an
 * error with any code, such as that of a validation rule (`addError`).
 */
const LOCKED =
  /UNABLE_TO_LOCK_ROW|Record Currently Unavailable|currently being modified by another user|unable to obtain exclusive access/i;

export const isLocked = (text: string): boolean => LOCKED.test(text);

/** The message of "sObject Collections" for a record that is twice in one call. */
const TWICE_IN_A_CALL = /duplicate (external )?id specified/i;

/**
 * Whether an error's message can be what Apex says: of automation, of `addError`, or of a code that nobody knows. Those of other
 * codes can quote a value that is written like it.
 */
const hasApexWords = (errorCode: string): boolean =>
  automation.has(errorCode) ||
  errorCode === 'FIELD_CUSTOM_VALIDATION_EXCEPTION' ||
  !classOfCode.has(errorCode);

/** The class of codes that Salesforce uses for two conditions, by the message. */
function classOfMessage({ errorCode, message }: SalesforceError): FailureClass | undefined {
  const hasLimit = errorCode === 'REQUEST_LIMIT_EXCEEDED' || automation.has(errorCode);
  if (hasLimit && CONCURRENCY_LIMIT.test(message)) return 'retry-soon';
  if (hasApexWords(errorCode) && isLocked(message)) return 'retry-soon';
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

/** The class of an error response: by its first error if that is known, by the HTTP status otherwise. */
export function classOf(status: number, [first]: readonly SalesforceError[]): FailureClass {
  const known = first && (classOfMessage(first) ?? classOfCode.get(first.errorCode));
  return known ?? classOfStatus(status);
}

/** Attempts for an error that gives no cause: if it persists, it is permanent. */
const UNEXPLAINED_ATTEMPTS = 3;

/** The maximum attempts of an error that has fewer than its class; `undefined`: as many as its class. */
export function maxAttemptsOf(
  status: number,
  [first]: readonly SalesforceError[],
): number | undefined {
  const isUnexplained = first?.errorCode === 'UNKNOWN_EXCEPTION' && !classOfMessage(first);
  return isUnexplained || status === 409 ? UNEXPLAINED_ATTEMPTS : undefined;
}

/** Where in a mapping something failed. A contract: in replies and in the attribute `Failure`. */
export interface MappingPlace {
  readonly mapping: string;
  /** Absent: `key` or `let`. */
  readonly step?: string | undefined;
  /** Of a step with `each`: the item's key, or its index if it has none. */
  readonly item?: string | undefined;
  /** `fields.Title__c`, `where[1].Phone`. */
  readonly place?: string | undefined;
}

/** Why a request failed, as reported by Salesforce, a gateway or the network. */
export interface Failure {
  readonly kind: 'failure';
  readonly class: FailureClass;
  /** HTTP status; absent if there was no response. */
  readonly status?: number;
  readonly errorCode: string;
  readonly message: string;
  readonly errors: readonly SalesforceError[];
  readonly retryAfterSeconds?: number;
  /** Present if the error has fewer attempts than its class. */
  readonly maxAttempts?: number;
  /** Its class after the last attempt, if that is another one. */
  readonly finalClass?: FailureClass;
  /** Present if a mapping made the request, or could not. */
  readonly mapping?: MappingPlace;
  /** The login failed, so every other call would fail the same way. */
  readonly isLogin?: true;
}

/** Salesforce made the change or returned the data, or nothing had changed (304). */
export interface Success {
  readonly kind: 'success';
  readonly status: number;
  readonly body: unknown;
}

/** The outcome of a request. */
export type Outcome = Success | Failure;

/** A failure without a response from Salesforce. */
export const failure = (name: FailureClass, errorCode: string, message: string): Failure => ({
  kind: 'failure',
  class: name,
  errorCode,
  message,
  errors: [],
});

/** Whether the same request may succeed later, unchanged. */
export const isRetryable = ({ class: name }: Failure): boolean => policyOf(name).retry !== 'never';
