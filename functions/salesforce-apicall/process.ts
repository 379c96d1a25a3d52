import pLimit from 'p-limit';
import pMap from 'p-map';
import { toWaves } from './coalesce/ordering.ts';
import { RequestError } from './errors.ts';
import type { Calls, Made, Run } from './execute.ts';
import type { Guard, Permit } from './idempotency/guard.ts';
import { classifyError, codeOf } from './outcome/classify.ts';
import type { Outcome } from './outcome/failure-class.ts';
import { effectOf, isRepeatable } from './request/idempotency-key.ts';
import type { ApiCallRequest } from './request/schema.ts';
import { laneOf, outcomeOfAsked, type Rules, tryToUnderstand, type Understood } from './resolve.ts';
import { type HeldBack, type Perform, type Performed, refuse } from './result.ts';

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

interface PerformDependencies {
  readonly run: Run;
  readonly guard: Guard;
  readonly rules: Rules;
  /** Seconds for which a request is to wait; `undefined` - none. */
  readonly holdBack: (request: ApiCallRequest) => number | undefined;
}

/** Calls that are prepared, made and recorded at the same time. */
const PARTS = 5;

/** A request and whose it is. */
interface Item extends Understood {
  readonly index: number;
}

/**
 * Makes the API calls of many arrived requests, in their order where they are about one record, each effect once.
 */
export function createPerform({ run, guard, rules, holdBack }: PerformDependencies): Perform {
  const performPart = createPart(guard);

  /** What is known of an arrival without a call: that it is refused or has to wait. */
  const early = (one: Understood | RequestError): Performed | HeldBack | undefined => {
    if (one instanceof RequestError) return refuse(one);
    const waitSeconds = holdBack(one.asked);
    return waitSeconds === undefined ? undefined : { waitSeconds };
  };

  return async (arrivals, remainingMs) => {
    const understood = arrivals.map((arrival) => tryToUnderstand(arrival, rules));
    const results = understood.map(early);
    const items = understood.flatMap((one, index): Item[] =>
      one instanceof RequestError || results[index] ? [] : [{ ...one, index }],
    );
    const calls = run(remainingMs);
    for (const wave of toWaves(items, laneOf)) {
      await pMap(
        calls.partsOf(wave),
        async (part) => {
          const performed = await performPart(part, calls);
          for (const [item, result] of performed) results[item.index] = result;
        },
        { concurrency: PARTS },
      );
    }
    return results;
  };
}
