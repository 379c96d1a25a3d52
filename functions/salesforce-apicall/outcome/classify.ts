import type { FailureClass } from '#common/failure-policy.ts';
import { isJsonObject } from '#common/json.ts';
import {
  type ErrorCode,
  LoginError,
  SalesforceConfigurationError,
  TransportError,
} from '../errors.ts';
import type { Answer } from '../salesforce/client.ts';
import { CUT_OFF } from '../salesforce/transport.ts';
import {
  classOf,
  type Failure,
  failure,
  maxAttemptsOf,
  type Outcome,
  type SalesforceError,
  type Success,
} from './failure-class.ts';
import { retryAfterSeconds } from './retry.ts';

/** This function's own codes for a success whose body is not what its status promises. */
const UNEXPECTED_CODES = ['UNREADABLE_ANSWER', 'UNEXPECTED_ANSWER'];

/** The contract's error code for a call that was made: either its answer was wrong, or the call itself failed. */
export const contractCodeOf = (outcome: Outcome): ErrorCode =>
  outcome.kind === 'failure' && UNEXPECTED_CODES.includes(outcome.errorCode)
    ? 'response-parsing'
    : 'adapter-process';

/** With these, a gateway does not tell whether the request reached Salesforce. */
export const isUnclearStatus = (status: number): boolean => [500, 502, 504].includes(status);

/** These mean the same without a body, and no gateway answers them in Salesforce's place. */
const NEEDS_NO_BODY = new Set([201, 204]);

/** JSON that is broken, and what a gateway sends in its place: the next answer may be readable. */
const TRANSIENT_TYPES = new Set(['application/json', 'text/html', 'none', CUT_OFF]);

function classOfUnreadable(status: number, unreadable: string, isRepeatable: boolean) {
  const isMade = status < 400 || isUnclearStatus(status);
  if (isMade && !isRepeatable) return 'outcome-unknown';
  return TRANSIENT_TYPES.has(unreadable) ? 'retry-soon' : 'permanent-data';
}

const describeBody = (unreadable: string): string =>
  unreadable === CUT_OFF ? 'was cut off' : `is not JSON (content type ${unreadable})`;

/** Whether the body was needed to understand the answer. A page in place of an error does not change what its status means. */
const needsBody = (status: number, unreadable: string): boolean =>
  status < 300 || (status >= 400 && [CUT_OFF, 'application/json'].includes(unreadable));

/**
 * The outcome of an answer whose body cannot be read; `undefined` if the status is enough. A 201 is a success without the
 * record's id, because an error would invite a second call. A 4xx whose reason is missing may be transient, a locked row for
 * instance: nothing was changed, so a retry is safe.
 */
export function unreadableOutcome(answer: Answer, isRepeatable: boolean): Outcome | undefined {
  const { status, unreadable } = answer;
  if (unreadable === undefined || !needsBody(status, unreadable)) return undefined;
  if (NEEDS_NO_BODY.has(status)) return { kind: 'success', status, body: undefined };
  return {
    kind: 'failure',
    class: classOfUnreadable(status, unreadable, isRepeatable),
    status,
    errorCode: 'UNREADABLE_ANSWER',
    message: `Salesforce answered HTTP ${status} with a body that ${describeBody(unreadable)}`,
    errors: [],
  };
}

function toSalesforceErrors(value: unknown): SalesforceError[] {
  if (!isJsonObject(value)) return [];
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

/** Salesforce sends errors as an array of objects. Anything else, such as a gateway's HTML page, has none. */
const errorsOf = (body: unknown): SalesforceError[] =>
  Array.isArray(body) ? body.flatMap(toSalesforceErrors) : [];

const isUnclear = (status: number, errors: readonly SalesforceError[]): boolean =>
  isUnclearStatus(status) && errors.length === 0;

/** An org in maintenance answers 503 with a page or an error that tells it by its text only. */
const isMaintenance = ({ status, body }: Answer): boolean =>
  status === 503 && /maintenance/i.test(JSON.stringify(body));

function classOfAnswer(answer: Answer, isRepeatable: boolean): FailureClass {
  const errors = errorsOf(answer.body);
  if (!isRepeatable && isUnclear(answer.status, errors)) return 'outcome-unknown';
  return isMaintenance(answer) ? 'retry-later' : classOf(answer.status, errors);
}

const successOf = ({ status, body }: Answer): Success | undefined => {
  if (status === 304) return { kind: 'success', status, body: undefined };
  return status >= 200 && status < 300 ? { kind: 'success', status, body } : undefined;
};

/**
 * The outcome that an answer means.
 *
 * @param isRepeatable whether the call may be repeated although it may have taken effect.
 */
export function classifyAnswer(answer: Answer, isRepeatable: boolean): Outcome {
  const unreadable = unreadableOutcome(answer, isRepeatable);
  if (unreadable) return unreadable;
  const success = successOf(answer);
  if (success) return success;
  const { status, headers, body } = answer;
  const errors = errorsOf(body);
  const { errorCode, message } = errors[0] ?? unnamedError(status);
  const seconds = retryAfterSeconds(headers['retry-after'], Date.now());
  const maxAttempts = maxAttemptsOf(status, errors);
  return {
    kind: 'failure',
    class: classOfAnswer(answer, isRepeatable),
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

/** Some OAuth errors are transient; all others need an administrator ("OAuth 2.0 Error Codes"). */
function classOfLogin({ errorCode, status, message }: LoginError): FailureClass {
  if (/rate exceeded/i.test(message)) return 'retry-later';
  const isTransient = ['rate_limit_exceeded', 'server_error', 'temporarily_unavailable'].includes(
    errorCode,
  );
  return isTransient || status >= 500 || status === 429 ? 'retry-soon' : 'configuration';
}

/** The failure that an error on the way to Salesforce means. A failed login is not the call itself, so it may always be repeated. */
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
  /CPU time limit|heap size|Too many (SOQL|DML|query|records)|chunks in a single operation/i;

/** Whether a call with fewer records may succeed. */
export const isTooBig = (outcome: Outcome): boolean =>
  outcome.kind === 'failure' && outcome.errors.some(({ message }) => TOO_BIG.test(message));
