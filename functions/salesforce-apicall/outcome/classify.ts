import type { FailureClass } from '#common/failure-policy.ts';
import { isJsonObject, textOf } from '#common/json.ts';
import {
  type ErrorCode,
  LoginError,
  SalesforceConfigurationError,
  TransportError,
} from '../errors.ts';
import type { ApiResponse } from '../salesforce/client.ts';
import { CUT_OFF, MAX_BODY_BYTES, TOO_LARGE } from '../salesforce/transport.ts';
import {
  classOf,
  type Failure,
  failure,
  isLocked,
  maxAttemptsOf,
  type Outcome,
  type SalesforceError,
  type Success,
} from './failure-class.ts';
import { retryAfterSeconds } from './retry.ts';

/** This function's own error codes for a response whose body does not match its status. */
const UNEXPECTED_CODES = ['UNREADABLE_ANSWER', 'UNEXPECTED_ANSWER', 'ANSWER_TOO_LARGE'];

/** TriggerMesh's error code for a call that was made: either the response or the call itself was wrong. */
export const contractCodeOf = (outcome: Outcome): ErrorCode =>
  outcome.kind === 'failure' && UNEXPECTED_CODES.includes(outcome.errorCode)
    ? 'response-parsing'
    : 'adapter-process';

/** A gateway that returns these does not report whether the request reached Salesforce. */
export const isUnclearStatus = (status: number): boolean => [500, 502, 504].includes(status);

/** These mean the same without a body, and no gateway returns them on behalf of Salesforce. */
const NEEDS_NO_BODY = new Set([201, 204]);

/** Types of broken JSON, and of what gateways send instead: the next response may be readable. */
const TRANSIENT_TYPES = new Set(['application/json', 'text/html', 'none', CUT_OFF]);

function classOfUnreadable(status: number, unreadable: string, isRepeatable: boolean) {
  const isMade = status < 400 || isUnclearStatus(status);
  if (isMade && !isRepeatable) return 'outcome-unknown';
  if (unreadable === TOO_LARGE) return 'permanent-size';
  return TRANSIENT_TYPES.has(unreadable) ? 'retry-soon' : 'permanent-data';
}

function describeBody(unreadable: string): string {
  if (unreadable === TOO_LARGE)
    return `has more than ${MAX_BODY_BYTES / 1_000_000} MB: request fewer records or fields`;
  return unreadable === CUT_OFF ? 'was cut off' : `is not JSON (content type ${unreadable})`;
}

/** Whether the status alone does not determine the outcome. An HTML page instead of an error does not change the status's meaning. */
const needsBody = (status: number, unreadable: string): boolean =>
  status < 300 || (status >= 400 && [CUT_OFF, TOO_LARGE, 'application/json'].includes(unreadable));

/**
 * The outcome of a response whose body cannot be read; `undefined` if the status is enough. A 201 is a success without the
 * record's id, because an error would invite a second call. A 4xx whose reason is missing may be transient, a locked row for
 * instance: nothing was changed, so a retry is safe.
 */
export function unreadableOutcome(
  { status, unreadable }: ApiResponse,
  isRepeatable: boolean,
): Outcome | undefined {
  if (unreadable === undefined || !needsBody(status, unreadable)) return undefined;
  if (NEEDS_NO_BODY.has(status)) return { kind: 'success', status, body: undefined };
  return {
    kind: 'failure',
    class: classOfUnreadable(status, unreadable, isRepeatable),
    status,
    errorCode: unreadable === TOO_LARGE ? 'ANSWER_TOO_LARGE' : 'UNREADABLE_ANSWER',
    message: `Salesforce answered HTTP ${status} with a body that ${describeBody(unreadable)}`,
    errors: [],
  };
}

function toSalesforceErrors(value: unknown): SalesforceError[] {
  if (!isJsonObject(value)) return [];
  const code = value['errorCode'] ?? value['statusCode'];
  if (typeof code !== 'string') return [];
  const fields = Array.isArray(value['fields']) ? value['fields'].map(textOf) : [];
  return [
    {
      errorCode: code,
      message: textOf(value['message'] ?? ''),
      ...(fields.length > 0 ? { fields } : {}),
    },
  ];
}

/** Salesforce sends errors as an array of objects. Anything else, such as a gateway's HTML page, has none. */
const errorsOf = (body: unknown): SalesforceError[] =>
  Array.isArray(body) ? body.flatMap(toSalesforceErrors) : [];

const isUnclear = (status: number, errors: readonly SalesforceError[]): boolean =>
  isUnclearStatus(status) && errors.length === 0;

/** An org in maintenance returns 503 with a page or an error that is recognizable only by its text. */
const isMaintenance = ({ status, body }: ApiResponse): boolean =>
  status === 503 && /maintenance/i.test(JSON.stringify(body));

function classOfResponse(response: ApiResponse, isRepeatable: boolean): FailureClass {
  const errors = errorsOf(response.body);
  if (!isRepeatable && isUnclear(response.status, errors)) return 'outcome-unknown';
  if (isMaintenance(response)) return 'retry-later';
  // Actions and Apex REST have shapes of their own for errors.
  if (errors.length === 0 && isLocked(JSON.stringify(response.body) ?? '')) return 'retry-soon';
  return classOf(response.status, errors);
}

const successOf = ({ status, body }: ApiResponse): Success | undefined => {
  if (status === 304) return { kind: 'success', status, body: undefined };
  return status >= 200 && status < 300 ? { kind: 'success', status, body } : undefined;
};

/**
 * The outcome that a response means.
 *
 * @param isRepeatable whether the call may be repeated although it may have taken effect.
 */
export function classifyResponse(response: ApiResponse, isRepeatable: boolean): Outcome {
  const unreadable = unreadableOutcome(response, isRepeatable);
  if (unreadable) return unreadable;
  const success = successOf(response);
  if (success) return success;
  const { status, headers, body } = response;
  const errors = errorsOf(body);
  const { errorCode, message } = errors[0] ?? unnamedError(status);
  const seconds = retryAfterSeconds(headers['retry-after'], Date.now());
  const maxAttempts = maxAttemptsOf(status, errors);
  return {
    kind: 'failure',
    class: classOfResponse(response, isRepeatable),
    status,
    errorCode,
    message,
    errors,
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
    ...(maxAttempts === undefined ? {} : { maxAttempts }),
  };
}

const unnamedError = (status: number) => ({
  errorCode: status === 300 ? 'MULTIPLE_CHOICES' : `ERROR_HTTP_${status}`,
  message: `Salesforce answered HTTP ${status}`,
});

/** Some OAuth errors are transient; the others need an administrator ("OAuth 2.0 Error Codes"). */
function classOfLogin({ errorCode, status, message }: LoginError): FailureClass {
  if (/rate exceeded/i.test(message)) return 'retry-later';
  const isTransient = ['rate_limit_exceeded', 'server_error', 'temporarily_unavailable'].includes(
    errorCode,
  );
  return isTransient || status >= 500 || status === 429 ? 'retry-soon' : 'configuration';
}

/** The failure that an error on the way to Salesforce means. A failed login makes no call, so it may always be repeated. */
export function classifyError(error: unknown, isRepeatable: boolean): Failure {
  if (error instanceof LoginError) {
    return { ...failure(classOfLogin(error), error.errorCode, error.message), isLogin: true };
  }
  if (error instanceof SalesforceConfigurationError)
    return { ...failure('configuration', error.name, error.message), isLogin: true };
  if (error instanceof TransportError) {
    const isUnknown = error.sent && !isRepeatable;
    return failure(isUnknown ? 'outcome-unknown' : 'retry-soon', error.errorCode, error.message);
  }
  const name = error instanceof Error ? error.name : 'UnknownError';
  return failure('retry-soon', name, 'A service that this function depends on failed');
}

/** Messages of Apex and flows when a call has more records than their limits allow ("Execution Governors and Limits"). */
const TOO_BIG =
  /CPU time limit|heap size|Too many (SOQL|DML|query|records|batch retries|future calls)|chunks in a single operation/i;

/** Codes with messages that an administrator has written, in whatever words. */
const OWN_WORDS = new Set([
  'FIELD_CUSTOM_VALIDATION_EXCEPTION',
  'FIELD_FILTER_VALIDATION_EXCEPTION',
  'DUPLICATES_DETECTED',
]);

/** Whether a call with fewer records may succeed. */
export const isTooBig = (outcome: Outcome): boolean =>
  outcome.kind === 'failure' &&
  outcome.errors.some(
    ({ errorCode, message }) => !OWN_WORDS.has(errorCode) && TOO_BIG.test(message),
  );
