import pLimit from 'p-limit';
import { RequestError } from './errors.ts';
import type { Guard, Permit } from './once/guard.ts';
import { classifyError } from './outcome/classify.ts';
import type { Outcome } from './outcome/outcome.ts';
import { codeOf } from './outcome/unreadable.ts';
import { type HeldBack, type Performed, refuse } from './performed.ts';
import { effectOf, isRepeatable } from './request/effect.ts';
import type { Calls, Made } from './run.ts';
import { outcomeOfAsked, type Understood } from './understand.ts';

type Permitted<Item> = Item & { readonly permit: Permit };

/** Calls of the once-only table that are open at the same time. */
const TABLE_CONCURRENCY = 50;

/** What a request came to whose call was made, or whose guard knew its end without one. */
const performed = (one: Understood, outcome: Outcome): Performed => ({
  code: codeOf(outcome),
  request: one.asked,
  outcome: outcomeOfAsked(one, outcome),
  ...(isRepeatable(one.request) ? {} : { effect: effectOf(one.request, one.eventKey) }),
});

/**
 * Makes the requests of one API call, each effect once. The guard is asked just before the call and told right after
 * it: should the process die, only what was under way in that moment is unknown.
 *
 * @returns a function that answers the results of those that there was time for.
 */
export function createPart(guard: Guard) {
  const limit = pLimit(TABLE_CONCURRENCY);

  /** What the guard says without a call is an end, or a reason to wait for one. */
  const askGuard = async <Item extends Understood>(
    item: Item,
    { neededMs, remainingMs }: Calls,
  ): Promise<Permitted<Item> | Performed | HeldBack> => {
    const patience = { remainingMs, reserveMs: neededMs };
    const decision = await guard(item.request, item.eventKey, patience);
    if ('outcome' in decision) return performed(item, decision.outcome);
    return 'waitSeconds' in decision ? decision : { ...item, permit: decision };
  };

  const ask = async <Item extends Understood>(
    item: Item,
    calls: Calls,
  ): Promise<Permitted<Item> | Performed | HeldBack | undefined> => {
    if (!calls.mayGoOn()) return undefined;
    try {
      return await askGuard(item, calls);
    } catch (error) {
      // The guard refused the key or could not ask its table: no call was made.
      if (error instanceof RequestError) return { ...refuse(error), request: item.asked };
      return performed(item, classifyError(error, true));
    }
  };

  const close = async <Item extends Understood>(
    item: Permitted<Item>,
    made: Made | undefined,
    { remainingMs }: Calls,
  ): Promise<Performed | undefined> => {
    await item.permit.close(made?.outcome, remainingMs);
    return made && { ...performed(item, made.outcome), durationMs: made.durationMs };
  };

  return async <Item extends Understood>(
    items: readonly Item[],
    calls: Calls,
  ): Promise<Map<Item, Performed | HeldBack | undefined>> => {
    const answers = await limit.map(items, (item) => ask(item, calls));
    const permitted = answers.filter((answer) => answer !== undefined && 'permit' in answer);
    const made = await calls.make(permitted);
    const results = await limit.map(answers, (answer) =>
      answer !== undefined && 'permit' in answer ? close(answer, made.get(answer), calls) : answer,
    );
    return new Map(items.map((item, index) => [item, results[index]]));
  };
}
