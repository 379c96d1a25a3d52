import { requestFailureClasses } from '#common/failure-classes.ts';
import type { ErrorData } from './reply-schema.ts';

export type FailureClass = (typeof requestFailureClasses)[number];

/**
 * Salesforce's error codes by what helps (ExceptionCode and StatusCode enumerations of the SOAP API Developer Guide;
 * the classes are this project's judgement, Salesforce publishes none). Codes that are not here go by HTTP status.
 */
export const codes: Readonly<Record<Exclude<FailureClass, 'outcome-unknown'>, readonly string[]>> =
  {
    'retry-soon': [
      'UNABLE_TO_LOCK_ROW',
      'RECORD_IN_USE_BY_WORKFLOW',
      'TOO_MANY_APEX_REQUESTS',
      'SERVER_UNAVAILABLE',
      'FUNCTIONALITY_TEMPORARILY_UNAVAILABLE',
      'PLATFORM_EVENT_PUBLISH_FAILED',
      'PLATFORM_EVENT_PUBLISHING_UNAVAILABLE',
      'QUERY_TIMEOUT',
      'REQUEST_RUNNING_TOO_LONG',
      'INTERNAL_ERROR',
      'UNKNOWN_EXCEPTION',
      'TXN_SECURITY_METERING_ERROR',
    ],
    'retry-later': [
      'REQUEST_LIMIT_EXCEEDED',
      'LIMIT_EXCEEDED',
      'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE',
      'ORG_IN_MAINTENANCE',
      'API_CURRENTLY_DISABLED',
      'TERRITORY_REALIGN_IN_PROGRESS',
    ],
    alone: ['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'PROCESSING_HALTED', 'BATCH_PROCESSING_HALTED'],
    'permanent-data': [
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      'DUPLICATE_EXTERNAL_ID',
      'DUPLICATE_VALUE',
      'DUPLICATES_DETECTED',
      'ENTITY_IS_DELETED',
      'ENTITY_IS_LOCKED',
      'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      'FIELD_FILTER_VALIDATION_EXCEPTION',
      'FIELD_INTEGRITY_EXCEPTION',
      'INVALID_CROSS_REFERENCE_KEY',
      'INVALID_EMAIL_ADDRESS',
      'INVALID_FIELD',
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'INVALID_TYPE',
      'JSON_PARSER_ERROR',
      'MALFORMED_ID',
      'MALFORMED_QUERY',
      'MULTIPLE_RECORDS_FOUND',
      'NOT_FOUND',
      'NUMBER_OUTSIDE_VALID_RANGE',
      'REQUIRED_FIELD_MISSING',
      'STRING_TOO_LONG',
    ],
    'permanent-size': ['OPERATION_TOO_LARGE', 'EXCEEDED_MAX_SIZE_REQUEST', 'PAYLOAD_SIZE_EXCEEDED'],
    configuration: [
      'INVALID_SESSION_ID',
      'INVALID_AUTH_HEADER',
      'INSUFFICIENT_ACCESS',
      'INSUFFICIENT_ACCESS_OR_READONLY',
      'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
      'API_DISABLED_FOR_ORG',
      'UNSUPPORTED_API_VERSION',
      'INVALID_OPERATION_WITH_EXPIRED_PASSWORD',
      'STORAGE_LIMIT_EXCEEDED',
      'TXN_SECURITY_NO_ACCESS',
      'TXN_SECURITY_TWO_FA_REQUIRED',
      'TXN_SECURITY_END_A_SESSION',
    ],
  };

/** One of Salesforce's errors. The message may quote field values: it belongs in replies and dead letters only. */
export type SalesforceError = Readonly<ErrorData['details']['errors'][number]>;

const classOfCode = new Map<string, FailureClass>(
  requestFailureClasses.flatMap((name) => {
    const own = name === 'outcome-unknown' ? [] : codes[name];
    return own.map((code): [string, FailureClass] => [code, name]);
  }),
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

/** Whether waiting helps; everything else is final at once. */
export const isRetryable = ({ class: name }: Failure): boolean =>
  name === 'retry-soon' || name === 'retry-later' || name === 'alone';
