import type { ErrorCode } from '../errors.ts';
import { CUT_OFF } from '../salesforce/body.ts';
import type { Answer } from '../salesforce/call.ts';
import type { Outcome } from './outcome.ts';

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
