import { isRepeatable } from '../once/guard.ts';
import { classifyAnswer, failure, isTooBig, type Outcome } from '../outcome/classify.ts';
import type { Answer } from '../salesforce/call.ts';
import type { ApiCall, Planned } from './types.ts';

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
  outcome.kind === 'failure' && ['permanent-data', 'permanent-size'].includes(outcome.class);

const isCollateral = (outcome: Outcome): boolean =>
  outcome.kind === 'failure' && outcome.class === 'alone';

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

/** Sorts the requests of an answered call by what has to happen next. A pure function. */
export function sortAnswer<Item extends Planned>(
  { items, toAnswers }: ApiCall<Item>,
  answer: Answer,
): Sorted<Item> {
  const answers = toAnswers(answer);
  const results = items.map((item, index) => {
    const own = answers?.[index];
    const { request } = item;
    const outcome = own ? classifyAnswer(own, isRepeatable(request)) : outcomeOfWhole(answer, item);
    return { item, outcome };
  });
  if (items.length === 1) return { made: results, alone: [], halve: [], isTooBig: false };
  const big = results.filter(({ outcome }) => isTooBig(outcome));
  const refused = answers ? [] : results.filter(({ outcome }) => isRefused(outcome));
  const collateral = results.filter(({ outcome }) => isCollateral(outcome));
  const again = new Set([...big, ...refused, ...collateral].map(({ item }) => item));
  const halve = big.length > 0 ? big : refused;
  return {
    made: results.filter(({ item }) => !again.has(item)),
    alone: collateral.filter((result) => !halve.includes(result)).map(({ item }) => item),
    halve: halve.map(({ item }) => item),
    isTooBig: big.length > 0,
  };
}
