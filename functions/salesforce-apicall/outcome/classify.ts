import { LoginError, SalesforceConfigurationError, TransportError } from '../errors.ts';
import type { Answer } from '../salesforce/call.ts';

/** What can be done about a failure: the one vocabulary of retry, dead letters and reprocessing. */
export type FailureClass =
  | 'retry-soon'
  | 'retry-later'
  | 'alone'
  | 'permanent-data'
  | 'permanent-size'
  | 'configuration'
  | 'outcome-unknown';

/** One of Salesforce's errors. The message may quote field values: it belongs in replies and dead letters only. */
export interface SalesforceError {
  readonly errorCode: string;
  readonly message: string;
  readonly fields?: readonly string[];
}

export interface Failure {
  readonly kind: 'failure';
  readonly class: FailureClass;
  /** HTTP status; absent where there was no answer. */
  readonly status?: number;
  readonly errorCode: string;
  readonly message: string;
  readonly errors: readonly SalesforceError[];
  readonly retryAfterSeconds?: number;
}

export interface Success {
  readonly kind: 'success';
  readonly status: number;
  readonly body: unknown;
}

export type Outcome = Success | Failure;

/**
 * Salesforce's error codes by what helps (ExceptionCode and StatusCode enumerations of the SOAP API Developer Guide;
 * the classes are this project's judgement, Salesforce publishes none). Codes that are not here go by HTTP status.
 */
const classes: Readonly<Record<Exclude<FailureClass, 'outcome-unknown'>, readonly string[]>> = {
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
  'permanent-data': [],
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

const classOfCode = new Map<string, FailureClass>(
  Object.entries(classes).flatMap(([name, codes]) =>
    codes.map((code): [string, FailureClass] => [code, name as keyof typeof classes]),
  ),
);

/** Codes whose message decides: Salesforce uses one code for two conditions. */
function classOfMessage({ errorCode, message }: SalesforceError): FailureClass | undefined {
  if (errorCode === 'REQUEST_LIMIT_EXCEEDED' && message.includes('Concurrent')) return 'retry-soon';
  if (message.includes('UNABLE_TO_LOCK_ROW')) return 'retry-soon';
  return undefined;
}

/** "Status Codes and Error Responses" of the REST API Developer Guide. */
function classOfStatus(status: number): FailureClass {
  if ([408, 409, 420, 425, 429].includes(status) || status >= 500) return 'retry-soon';
  if ([413, 414, 431].includes(status)) return 'permanent-size';
  if ([401, 403, 410].includes(status)) return 'configuration';
  return 'permanent-data';
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function toError(value: unknown): SalesforceError[] {
  if (!isFields(value)) return [];
  const code = value['errorCode'] ?? value['statusCode'];
  if (typeof code !== 'string') return [];
  const fields = Array.isArray(value['fields']) ? value['fields'].map(String) : [];
  return [
    {
      errorCode: code,
      message: String(value['message'] ?? ''),
      ...(fields.length > 0 ? { fields } : {}),
    },
  ];
}

/** Salesforce's errors are an array of objects; anything else (a gateway's HTML page) has none. */
const errorsOf = (body: unknown): SalesforceError[] =>
  Array.isArray(body) ? body.flatMap(toError) : [];

/** Gateways answer these without saying whether the request got through. */
const isUnclear = (status: number, errors: readonly SalesforceError[]): boolean =>
  [500, 502, 504].includes(status) && errors.length === 0;

function retryAfter({ headers }: Answer): { retryAfterSeconds?: number } {
  const value = headers['retry-after'] ?? '';
  return /^\d{1,6}$/.test(value) ? { retryAfterSeconds: Number(value) } : {};
}

/**
 * What an answer means.
 *
 * @param isRepeatable whether the call may be made again without asking whether it took effect.
 */
export function classifyAnswer(answer: Answer, isRepeatable: boolean): Outcome {
  const { status, body } = answer;
  if (status >= 200 && status < 300) return { kind: 'success', status, body };
  if (status === 304) return { kind: 'success', status, body: undefined };
  const errors = errorsOf(body);
  const isUnknown = !isRepeatable && isUnclear(status, errors);
  const named = errors[0] ?? unnamedError(status);
  return {
    kind: 'failure',
    class: isUnknown ? 'outcome-unknown' : classOf(status, errors),
    status,
    errorCode: named.errorCode,
    message: named.message,
    errors,
    ...retryAfter(answer),
  };
}

function classOf(status: number, [first]: readonly SalesforceError[]): FailureClass {
  const known = first && (classOfMessage(first) ?? classOfCode.get(first.errorCode));
  return known ?? classOfStatus(status);
}

const unnamedError = (status: number) => ({
  errorCode: status === 300 ? 'MULTIPLE_CHOICES' : `ERROR_HTTP_${status}`,
  message: `Salesforce answered HTTP ${status}`,
});

/** OAuth errors that pass by themselves; all others need a person ("OAuth 2.0 Error Codes"). */
function classOfLogin({ errorCode, status, message }: LoginError): FailureClass {
  if (/rate exceeded/i.test(message)) return 'retry-later';
  const passes = ['rate_limit_exceeded', 'server_error', 'temporarily_unavailable'].includes(
    errorCode,
  );
  return passes || status >= 500 || status === 429 ? 'retry-soon' : 'configuration';
}

const failure = (name: FailureClass, errorCode: string, message: string): Failure => ({
  kind: 'failure',
  class: name,
  errorCode,
  message,
  errors: [],
});

/** What an error on the way to Salesforce means; the login is never the call itself, so it may always be repeated. */
export function classifyError(error: unknown, isRepeatable: boolean): Failure {
  if (error instanceof LoginError)
    return failure(classOfLogin(error), error.errorCode, error.message);
  if (error instanceof SalesforceConfigurationError)
    return failure('configuration', error.name, error.message);
  if (error instanceof TransportError) {
    const isUnknown = error.sent && !isRepeatable;
    return failure(isUnknown ? 'outcome-unknown' : 'retry-soon', error.errorCode, error.message);
  }
  const name = error instanceof Error ? error.name : 'UnknownError';
  return failure('retry-soon', name, 'A service that this function depends on failed');
}

/** Whether waiting helps; everything else is final at once. */
export const isRetryable = ({ class: name }: Failure): boolean =>
  name === 'retry-soon' || name === 'retry-later' || name === 'alone';
