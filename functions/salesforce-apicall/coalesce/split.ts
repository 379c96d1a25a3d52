import { policyOf } from '#common/failure-policy.ts';
import { classifyAnswer, isTooBig } from '../outcome/classify.ts';
import { type Failure, failure, type Outcome } from '../outcome/failure-class.ts';
import { isRepeatable } from '../request/idempotency-key.ts';
import type { Answer } from '../salesforce/client.ts';
import type { ApiCall, Planned } from './single.ts';

/** The external id field that a request upserts on. */
function upsertField({ request: { action, record = '' } }: Planned): string | undefined {
  const slash = record.indexOf('/');
  return action === 'PATCH' && slash > 0 ? record.slice(0, slash).toLowerCase() : undefined;
}

/**
 * Whether two upserts of a new key were made at the same time ("sObject Rows by External ID"): the other one has made
 * the record by now, and this one made again updates it. A duplicate in any other field stays one.
 */
export function isRaced(item: Planned, outcome: Outcome): boolean {
  const field = upsertField(item);
  if (field === undefined || outcome.kind === 'success') return false;
  const { errorCode, message } = outcome;
  if (errorCode === 'DUPLICATE_EXTERNAL_ID') return true;
  const duplicate = /duplicate value found: (\w+)/i.exec(message)?.[1]?.toLowerCase();
  return errorCode === 'DUPLICATE_VALUE' && duplicate === field;
}

/** What an answered call says of its requests. */
export interface Sorted<Item> {
  readonly made: readonly { readonly item: Item; readonly outcome: Outcome }[];
  /** To be made again one by one: others have failed and taken them along. */
  readonly alone: readonly Item[];
  /** To be made again in two halves: one of them, or their number, is what the call was refused for. */
  readonly halve: readonly Item[];
  /** Whether it was their number. */
  readonly isTooBig: boolean;
}

/** Whether a call was refused for something in it, so that none of its requests took effect. */
const isRefused = (outcome: Outcome): boolean =>
  outcome.kind === 'failure' && policyOf(outcome.class).inSharedCall === 'halve';

/** The session's end in the middle of a call; that of a whole call has been answered with a new login by now. */
const hasLostSession = ({ status, errorCode }: Failure): boolean =>
  status === 401 || errorCode === 'INVALID_SESSION_ID';

/** What others of the call have caused, or the session. */
const isCollateral = (outcome: Outcome, isPart: boolean): boolean =>
  outcome.kind === 'failure' &&
  (policyOf(outcome.class).inSharedCall === 'resend alone' || (isPart && hasLostSession(outcome)));

/** A whole call's answer as that of each of its requests, but a success that tells nothing of them. */
function outcomeOfWhole(answer: Answer, { request }: Planned): Outcome {
  const outcome = classifyAnswer(answer, isRepeatable(request));
  if (outcome.kind === 'failure') return outcome;
  const name = isRepeatable(request) ? 'retry-soon' : 'outcome-unknown';
  return failure(
    name,
    'UNEXPECTED_ANSWER',
    'Salesforce answered several requests in an unknown form',
  );
}

interface Result<Item> {
  readonly item: Item;
  readonly outcome: Outcome;
}

/** The results that are made again in halves: those that were too many together, or those of a call refused as a whole. */
function toHalve<Item>(results: readonly Result<Item>[], isWhole: boolean) {
  const big = results.filter(({ outcome }) => isTooBig(outcome));
  if (big.length > 0 || !isWhole) return { halve: big, isTooBig: big.length > 0 };
  return { halve: results.filter(({ outcome }) => isRefused(outcome)), isTooBig: false };
}

/** Sorts the requests of an answered call by what has to happen next. A pure function. */
export function sortAnswer<Item extends Planned>(
  { items, toAnswers, isRepeat }: ApiCall<Item>,
  answer: Answer,
): Sorted<Item> {
  const answers = toAnswers(answer);
  const results = items.map((item, index): Result<Item> => {
    const own = answers?.[index];
    const { request } = item;
    const outcome = own ? classifyAnswer(own, isRepeatable(request)) : outcomeOfWhole(answer, item);
    return { item, outcome };
  });
  const shared = items.length > 1 ? results : [];
  const { halve, isTooBig: hasTooMany } = toHalve(shared, answers === undefined);
  const alone = [
    ...shared.filter(({ outcome }) => isCollateral(outcome, answers !== undefined)),
    ...(isRepeat ? [] : results.filter(({ item, outcome }) => isRaced(item, outcome))),
  ].filter((result) => !halve.includes(result));
  const again = new Set([...halve, ...alone]);
  return {
    made: results.filter((result) => !again.has(result)),
    alone: alone.map(({ item }) => item),
    halve: halve.map(({ item }) => item),
    isTooBig: hasTooMany,
  };
}
