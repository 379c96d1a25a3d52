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
  type Outcome,
  type SalesforceError,
  type Success,
  triesOf,
} from './failure-class.ts';
import { retryAfterSeconds } from './retry.ts';

/** Our own codes for an answer whose status says yes and whose body is not what that promises. */
const CODES = ['UNREADABLE_ANSWER', 'UNEXPECTED_ANSWER'];

/** TriggerMesh's code for a call that was made: what went wrong was the answer, or the call. */
export const codeOf = (outcome: Outcome): ErrorCode =>
  outcome.kind === 'failure' && CODES.includes(outcome.errorCode)
    ? 'response-parsing'
    : 'adapter-process';

/** Gateways answer these without saying whether the request got through. */
export const isUnclearStatus = (status: number): boolean => [500, 502, 504].includes(status);

/** Their meaning is complete without a body, and no gateway answers them in Salesforce's place. */
const TELLS_ALL = new Set([201, 204]);

/** What JSON is sent as, and what something on the way puts in its place: the next answer may be a good one. */
const MAY_PASS = new Set(['application/json', 'text/html', 'none', CUT_OFF]);

function classOfUnreadable(status: number, unreadable: string, isRepeatable: boolean) {
  const isMade = status < 400 || isUnclearStatus(status);
  if (isMade && !isRepeatable) return 'outcome-unknown';
  return MAY_PASS.has(unreadable) ? 'retry-soon' : 'permanent-data';
}

const whatIs = (unreadable: string): string =>
  unreadable === CUT_OFF ? 'was cut off' : `is not JSON (content type ${unreadable})`;

/** Whether the body was to say what the status does not. A page in place of a refusal changes nothing about it. */
const isMissed = (status: number, unreadable: string): boolean =>
  status < 300 || (status >= 400 && [CUT_OFF, 'application/json'].includes(unreadable));

/**
 * What an answer means whose body cannot be read; `undefined` - its status is enough. A record that was created is a
 * success without its id: the call must not be made again, and an error would ask for that. A refusal whose reason is
 * missing may be any, a locked row too: nothing was done, so asking again is safe.
 */
export function unreadableOutcome(answer: Answer, isRepeatable: boolean): Outcome | undefined {
  const { status, unreadable } = answer;
  if (unreadable === undefined || !isMissed(status, unreadable)) return undefined;
  if (TELLS_ALL.has(status)) return { kind: 'success', status, body: undefined };
  return {
    kind: 'failure',
    class: classOfUnreadable(status, unreadable, isRepeatable),
    status,
    errorCode: 'UNREADABLE_ANSWER',
    message: `Salesforce answered HTTP ${status} with a body that ${whatIs(unreadable)}`,
    errors: [],
  };
}

function toError(value: unknown): SalesforceError[] {
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

/** Salesforce's errors are an array of objects; anything else (a gateway's HTML page) has none. */
const errorsOf = (body: unknown): SalesforceError[] =>
  Array.isArray(body) ? body.flatMap(toError) : [];

const isUnclear = (status: number, errors: readonly SalesforceError[]): boolean =>
  isUnclearStatus(status) && errors.length === 0;

/** Pages and errors of an org in maintenance come with 503 and say so in words only. */
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
 * What an answer means.
 *
 * @param isRepeatable whether the call may be made again without asking whether it took effect.
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
  const maxTries = triesOf(status, errors);
  return {
    kind: 'failure',
    class: classOfAnswer(answer, isRepeatable),
    status,
    errorCode,
    message,
    errors,
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
    ...(maxTries === undefined ? {} : { maxTries }),
  };
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

/** What an error on the way to Salesforce means; the login is never the call itself, so it may always be repeated. */
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

/** What Apex and flows say when one call brings them more records than their limits allow ("Execution Governors and Limits"). */
const TOO_BIG =
  /CPU time limit|heap size|Too many (SOQL|DML|query|records)|chunks in a single operation/i;

/** Whether fewer records in a call may succeed where these failed together. */
export const isTooBig = (outcome: Outcome): boolean =>
  outcome.kind === 'failure' && outcome.errors.some(({ message }) => TOO_BIG.test(message));
