import pMap from 'p-map';
import { tripOf } from './breaker/breaker.ts';
import { isRepeatable } from './once/guard.ts';
import { classifyError, type Outcome } from './outcome/classify.ts';
import { planCalls } from './plan/plan.ts';
import { singleCall } from './plan/single.ts';
import type { Sizes } from './plan/sizes.ts';
import { sortAnswer } from './plan/sort.ts';
import type { ApiCall, Planned } from './plan/types.ts';
import type { Answer, Caller } from './salesforce/call.ts';

/** What a request came to, and how long its API call took. */
export interface Made {
  readonly outcome: Outcome;
  readonly durationMs: number;
}

export interface RunDependencies {
  readonly call: Caller;
  readonly sizes: Sizes;
  readonly apiVersion: string;
  readonly callTimeoutMs: number;
  /** Told the headers of every answer. */
  readonly onAnswer: (headers: Answer['headers']) => void;
}

/** Calls of one batch that run at the same time; Salesforce limits long ones to 25 per org. */
const CONCURRENCY = 5;

/** Kept for dead letters and replies after the last call. */
const SETTLE_MS = 1_500;

const inHalves = <Item>(items: readonly Item[]): (readonly Item[])[] => {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
};

/**
 * Makes the API calls for requests that are free of each other, as few as they can be. Each request has an outcome of
 * its own: one that a call as a whole was refused for is found by halving, and no other is blamed for it. Requests
 * that there is no time for are missing from the result, as are those whose calls would end like one that tripped the
 * breaker.
 */
export function createRun({ call, sizes, apiVersion, callTimeoutMs, onAnswer }: RunDependencies) {
  const neededMs = callTimeoutMs + SETTLE_MS;
  const { failedOn, maxRecordsOf } = sizes;
  const plan = <Item extends Planned>(items: readonly Item[]) =>
    planCalls(items, { apiVersion, maxRecordsOf });

  /** The calls that an answered call leaves to be made. */
  const next = <Item extends Planned>(apiCall: ApiCall<Item>, answer: Answer) => {
    const { made, alone, halve, isTooBig } = sortAnswer(apiCall, answer);
    if (isTooBig)
      for (const { request } of halve) failedOn(request.object ?? '', apiCall.items.length);
    const singles = alone.map((item) => ({
      ...singleCall(item, apiVersion),
      isRepeat: true as const,
    }));
    return { made, calls: [...inHalves(halve).flatMap(plan), ...singles] };
  };

  const make = async <Item extends Planned>(
    items: readonly Item[],
    remainingMs: () => number,
  ): Promise<Map<Item, Made>> => {
    const results = new Map<Item, Made>();
    let isTripped = false;
    const keep = (item: Item, made: Made): void => {
      results.set(item, made);
      isTripped ||= tripOf(made.outcome) !== undefined;
    };

    /** Nobody knows of any of the requests more than that their call brought no answer. */
    const fail = (apiCall: ApiCall<Item>, error: unknown, durationMs: number): ApiCall<Item>[] => {
      for (const item of apiCall.items) {
        const outcome = classifyError(error, isRepeatable(item.request));
        keep(item, { outcome, durationMs });
      }
      return [];
    };

    const runOne = async (apiCall: ApiCall<Item>): Promise<ApiCall<Item>[]> => {
      if (isTripped || remainingMs() < neededMs) return [];
      const startedAt = Date.now();
      const elapsed = (): number => Date.now() - startedAt;
      try {
        const answer = await call(apiCall.call, callTimeoutMs);
        onAnswer(answer.headers);
        const { made, calls } = next(apiCall, answer);
        for (const { item, outcome } of made) keep(item, { outcome, durationMs: elapsed() });
        return calls;
      } catch (error) {
        return fail(apiCall, error, elapsed());
      }
    };

    let calls = plan(items);
    while (calls.length > 0) {
      calls = (await pMap(calls, runOne, { concurrency: CONCURRENCY })).flat();
    }
    return results;
  };

  return {
    make,
    /** With less time than this no call is begun. */
    neededMs,
  };
}

export type Run = ReturnType<typeof createRun>;
