import type { ErrorCode } from '../errors.ts';
import { CUT_OFF } from '../salesforce/body.ts';
import type { Answer } from '../salesforce/call.ts';
import type { Outcome } from './classify.ts';
import type { FailureClass } from './failure-class.ts';

/** Our own codes for an answer whose status says yes and whose body is not what that promises. */
const CODES = ['UNREADABLE_ANSWER', 'UNEXPECTED_ANSWER'];

/** TriggerMesh's code for a call that was made: what went wrong was the answer, or the call. */
export const codeOf = (outcome: Outcome): ErrorCode =>
  outcome.kind === 'failure' && CODES.includes(outcome.errorCode)
    ? 'response-parsing'
    : 'adapter-process';

/** Their meaning is complete without a body, and no gateway answers them in Salesforce's place. */
const TELLS_ALL = new Set([201, 204]);

/** What JSON is sent as, and what something on the way puts in its place: the next answer may be a good one. */
const MAY_PASS = new Set(['application/json', 'text/html', 'none', CUT_OFF]);

function classOfUnreadable(type: string, isRepeatable: boolean): FailureClass {
  if (!isRepeatable) return 'outcome-unknown';
  return MAY_PASS.has(type) ? 'retry-soon' : 'permanent-data';
}

const whatIs = (unreadable: string): string =>
  unreadable === CUT_OFF ? 'was cut off' : `is not JSON (content type ${unreadable})`;

/**
 * What an answer of a status from 200 to 299 means whose body cannot be read; `undefined` - it can be. A record that was
 * created is a success without its id: the call must not be made again, and an error would ask for that.
 */
export function unreadableOutcome(answer: Answer, isRepeatable: boolean): Outcome | undefined {
  const { status, unreadable } = answer;
  if (unreadable === undefined) return undefined;
  if (TELLS_ALL.has(status)) return { kind: 'success', status, body: undefined };
  return {
    kind: 'failure',
    class: classOfUnreadable(unreadable, isRepeatable),
    status,
    errorCode: 'UNREADABLE_ANSWER',
    message: `Salesforce answered HTTP ${status} with a body that ${whatIs(unreadable)}`,
    errors: [],
  };
}
