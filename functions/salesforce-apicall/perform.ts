import pMap from 'p-map';
import { RequestError } from './errors.ts';
import type { Guard } from './once/guard.ts';
import { createPart } from './part.ts';
import { type HeldBack, type Perform, type Performed, refuse } from './performed.ts';
import { toWaves } from './plan/lanes.ts';
import type { ApiCallRequest } from './request/schema.ts';
import type { Run } from './run.ts';
import { laneOf, type Rules, tryToUnderstand, type Understood } from './understand.ts';

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
