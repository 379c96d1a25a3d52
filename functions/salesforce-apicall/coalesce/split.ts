import { policyOf } from '#common/failure-policy.ts';
import type { FailurePolicy } from '#common/failure-policy-type.ts';
import { classifyResponse, isTooBig } from '../outcome/classify.ts';
import { type Failure, failure, type Outcome } from '../outcome/failure-class.ts';
import type { ApiResponse } from '../salesforce/client.ts';
import { type ApiCall, canRepeat, type PlannedRequest } from './single.ts';

/** The external id field of an upsert. */
function upsertField({ request: { action, record = '' } }: PlannedRequest): string | undefined {
  const slash = record.indexOf('/');
  return action === 'PATCH' && slash > 0 ? record.slice(0, slash).toLowerCase() : undefined;
}

/** The field that a duplicate is in; `undefined` if Salesforce doesn't say, as for a record that isn't committed yet. */
const duplicateField = (message: string): string | undefined =>
  /duplicate value found: (\w+)/i.exec(message)?.[1]?.toLowerCase();

/**
 * Whether two upserts of a new key may have been made at the same time ("sObject Rows by External ID"): the other one has
 * created the record by now, and this one sent again updates it. A duplicate in another field is a failure.
 */
export function isConcurrentUpsert(item: PlannedRequest, outcome: Outcome): boolean {
  const field = upsertField(item);
  if (field === undefined || outcome.kind === 'success') return false;
  const { errorCode, message } = outcome;
  return errorCode === 'DUPLICATE_VALUE' && [undefined, field].includes(duplicateField(message));
}

export interface FinishedRequest<Item> {
  readonly item: Item;
  readonly outcome: Outcome;
}

/** The requests of a call, after its end, by what happens to them next. */
interface SplitCall<Item> {
  readonly finished: readonly FinishedRequest<Item>[];
  /** To be sent again, each alone: they failed because of others. */
  readonly alone: readonly FinishedRequest<Item>[];
  /** To be sent again in two halves: the call was rejected because of one of them, or of their number. */
  readonly halve: readonly FinishedRequest<Item>[];
  /** To be sent again in smaller calls: the call failed, and one of them may be the reason. */
  readonly smaller: readonly FinishedRequest<Item>[];
  /** Those for which it was their number, as far as they tell. */
  readonly tooBig: readonly FinishedRequest<Item>[];
}

const policyIs = (outcome: Outcome, policy: FailurePolicy['inSharedCall']): boolean =>
  outcome.kind === 'failure' && policyOf(outcome.class).inSharedCall === policy;

/** The session ended during the call. If it had ended before, client.ts would have repeated the call after a new login. */
const hasLostSession = ({ status, errorCode }: Failure): boolean =>
  status === 401 || errorCode === 'INVALID_SESSION_ID';

/** A failure caused by other requests of the call, or by the end of the session. */
const isCollateral = (outcome: Outcome, hasOwnResponse: boolean): boolean =>
  outcome.kind === 'failure' &&
  (policyOf(outcome.class).inSharedCall === 'resend alone' ||
    (hasOwnResponse && hasLostSession(outcome)));

/** Whatever this function can't handle in a response, the call was made: it must not look like one that was not. */
function unlessUnreadable<Read>(read: () => Read): Read | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The outcome of a request that the response doesn't tell. A success without a result is a failure too. */
function untoldOutcome(response: ApiResponse, mayRepeat: boolean): Outcome {
  const outcome = unlessUnreadable(() => classifyResponse(response, mayRepeat));
  if (outcome?.kind === 'failure') return outcome;
  return failure(
    mayRepeat ? 'retry-soon' : 'outcome-unknown',
    'UNEXPECTED_ANSWER',
    "Salesforce's response does not tell the result of this request",
  );
}

/** The results whose requests are sent again in halves: they were too many for one call, or it was rejected as a whole. */
function toHalve<Item>({ results, isWhole }: CallOutcomes<Item>) {
  const tooBig = results.filter(({ outcome }) => isTooBig(outcome));
  if (results.length === 1) return { halve: [], tooBig };
  if (tooBig.length > 0 || !isWhole) return { halve: tooBig, tooBig };
  return { halve: results.filter(({ outcome }) => policyIs(outcome, 'halve')), tooBig };
}

/** The outcome of each request of a call, and whether it is that of the whole call. */
export interface CallOutcomes<Item> {
  readonly results: readonly FinishedRequest<Item>[];
  readonly isWhole: boolean;
}

/** What a response means for each request of a call. */
export function outcomesOf<Item extends PlannedRequest>(
  { items, toResponses }: ApiCall<Item>,
  response: ApiResponse,
): CallOutcomes<Item> {
  const responses = unlessUnreadable(() => toResponses(response));
  const results = items.map((item, index): FinishedRequest<Item> => {
    const own = responses?.[index];
    const mayRepeat = canRepeat(item);
    const told = own && unlessUnreadable(() => classifyResponse(own, mayRepeat));
    return { item, outcome: told ?? untoldOutcome(response, mayRepeat) };
  });
  return { results, isWhole: responses === undefined || items.length === 1 };
}

/** Splits the requests of a call by their outcomes. A pure function. */
export function splitFailures<Item extends PlannedRequest>(
  { items, isResend }: ApiCall<Item>,
  outcomes: CallOutcomes<Item>,
): SplitCall<Item> {
  const { results, isWhole } = outcomes;
  const shared = items.length > 1 ? results : [];
  const { halve, tooBig } = toHalve(outcomes);
  const smaller = isWhole ? shared.filter(({ outcome }) => policyIs(outcome, 'smaller')) : [];
  const alone = [
    ...shared.filter(({ outcome }) => isCollateral(outcome, !isWhole)),
    ...(isResend ? [] : results.filter(({ item, outcome }) => isConcurrentUpsert(item, outcome))),
  ].filter((result) => !halve.includes(result) && !smaller.includes(result));
  const again = new Set([...halve, ...smaller, ...alone]);
  return {
    finished: results.filter((result) => !again.has(result)),
    alone,
    halve,
    smaller,
    tooBig,
  };
}
