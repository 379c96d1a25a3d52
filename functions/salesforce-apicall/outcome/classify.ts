import { LoginError, SalesforceConfigurationError, TransportError } from '../errors.ts';
import { CUT_OFF } from '../salesforce/body.ts';
import type { Answer } from '../salesforce/call.ts';
import { classOf, type FailureClass, type SalesforceError } from './failure-class.ts';
import { unreadableOutcome } from './unreadable.ts';

export interface Failure {
  readonly kind: 'failure';
  readonly class: FailureClass;
  /** HTTP status; absent where there was no answer. */
  readonly status?: number;
  readonly errorCode: string;
  readonly message: string;
  readonly errors: readonly SalesforceError[];
  readonly retryAfterSeconds?: number;
  /** The login failed, not the call: every other call would fail the same way. */
  readonly isLogin?: true;
}

export interface Success {
  readonly kind: 'success';
  readonly status: number;
  readonly body: unknown;
}

export type Outcome = Success | Failure;

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
  if (status >= 200 && status < 300) {
    return unreadableOutcome(answer, isRepeatable) ?? { kind: 'success', status, body };
  }
  if (status === 304) return { kind: 'success', status, body: undefined };
  const errors = errorsOf(body);
  const isUnknown = !isRepeatable && isUnclear(status, errors);
  const named = errors[0] ?? unnamedError(status);
  return {
    kind: 'failure',
    class: isUnknown ? 'outcome-unknown' : classOfRefusal(answer, errors),
    status,
    errorCode: named.errorCode,
    message: named.message,
    errors,
    ...retryAfter(answer),
  };
}

/** A refusal whose reason was cut off may be any, a locked row too; nothing was done, so asking again is safe. */
const classOfRefusal = (
  { status, unreadable }: Answer,
  errors: readonly SalesforceError[],
): FailureClass =>
  unreadable === CUT_OFF && status >= 400 ? 'retry-soon' : classOf(status, errors);

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

/** A failure that Salesforce did not answer itself. */
export const failure = (name: FailureClass, errorCode: string, message: string): Failure => ({
  kind: 'failure',
  class: name,
  errorCode,
  message,
  errors: [],
});

/** What an error on the way to Salesforce means; the login is never the call itself, so it may always be repeated. */
export function classifyError(error: unknown, isRepeatable: boolean): Failure {
  if (error instanceof LoginError) {
    return { ...failure(classOfLogin(error), error.errorCode, error.message), isLogin: true };
  }
  if (error instanceof SalesforceConfigurationError)
    return failure('configuration', error.name, error.message);
  if (error instanceof TransportError) {
    const isUnknown = error.sent && !isRepeatable;
    return failure(isUnknown ? 'outcome-unknown' : 'retry-soon', error.errorCode, error.message);
  }
  const name = error instanceof Error ? error.name : 'UnknownError';
  return failure('retry-soon', name, 'A service that this function depends on failed');
}

/** What Apex and flows say when one call brings them more records than their limits allow ("Execution Governors and Limits"). */
const TOO_BIG =
  /CPU time limit|heap size|Too many (SOQL|DML|query|records)|chunks in a single operation/i;

/** Whether fewer records in a call may succeed where these failed together. */
export const isTooBig = (outcome: Outcome): boolean =>
  outcome.kind === 'failure' && outcome.errors.some(({ message }) => TOO_BIG.test(message));

/** Whether waiting helps; everything else is final at once. */
export const isRetryable = ({ class: name }: Failure): boolean =>
  name === 'retry-soon' || name === 'retry-later' || name === 'alone';
