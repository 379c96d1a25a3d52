import pLimit from 'p-limit';
import type { RemainingMs } from '#common/deadline.ts';
import { tripOf } from './breaker/breaker.ts';
import { classifyError } from './outcome/classify.ts';
import type { Outcome } from './outcome/outcome.ts';
import { planCalls } from './plan/plan.ts';
import { singleCall } from './plan/single.ts';
import type { Sizes } from './plan/sizes.ts';
import { sortAnswer } from './plan/sort.ts';
import type { ApiCall, Planned } from './plan/types.ts';
import { isRepeatable } from './request/effect.ts';
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

  /** What is left of an invocation for the calls of one batch. */
  const begin = (remainingMs: RemainingMs) => {
    const limit = pLimit(CONCURRENCY);
    let isTripped = false;
    const mayGoOn = (): boolean => !isTripped && remainingMs() >= neededMs;

    const attempt = async <Item extends Planned>(apiCall: ApiCall<Item>) => {
      try {
        const answer = await call(apiCall.call, callTimeoutMs);
        onAnswer(answer.headers);
        return next(apiCall, answer);
      } catch (error) {
        // Nobody knows more of any of the requests than that their call brought no answer.
        const made = apiCall.items.map((item) => {
          const outcome = classifyError(error, isRepeatable(item.request));
          return { item, outcome };
        });
        return { made, calls: [] };
      }
    };

    const make = async <Item extends Planned>(items: readonly Item[]): Promise<Map<Item, Made>> => {
      const results = new Map<Item, Made>();
      const runOne = async (apiCall: ApiCall<Item>): Promise<ApiCall<Item>[]> => {
        if (!mayGoOn()) return [];
        const startedAt = Date.now();
        const { made, calls } = await attempt(apiCall);
        const durationMs = Date.now() - startedAt;
        for (const { item, outcome } of made) {
          results.set(item, { outcome, durationMs });
          isTripped ||= tripOf(outcome) !== undefined;
        }
        return calls;
      };
      let calls = plan(items);
      while (calls.length > 0) calls = (await limit.map(calls, runOne)).flat();
      return results;
    };

    return {
      make,
      mayGoOn,
      /** The requests by the calls that they share. */
      partsOf: <Item extends Planned>(items: readonly Item[]) =>
        plan(items).map((apiCall) => apiCall.items),
      remainingMs,
      neededMs,
    };
  };

  return begin;
}

export type Run = ReturnType<typeof createRun>;
export type Batch = ReturnType<Run>;
