import pLimit from 'p-limit';
import type { RemainingMs } from '#common/aws.ts';
import { tripOf } from './circuit-breaker/state.ts';
import { createPlanner, type Sizes, type Step } from './coalesce/plan.ts';
import type { ApiCall, Planned } from './coalesce/single.ts';
import { classifyError } from './outcome/classify.ts';
import type { Outcome } from './outcome/failure-class.ts';
import { isRepeatable } from './request/idempotency-key.ts';
import type { Answer, Caller } from './salesforce/client.ts';

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

/** The calls of one invocation: they share its time, and the first that trips the breaker ends them all. */
export interface Calls {
  /** The requests by the calls that they share. */
  readonly partsOf: <Item extends Planned>(items: readonly Item[]) => (readonly Item[])[];
  /**
   * Makes the calls for requests that are free of each other. Each request has an outcome of its own: one that a call as
   * a whole was refused for is found by halving, and no other is blamed for it. Requests that there is no time for are
   * missing from the result, as are those whose calls would end like one that tripped the breaker.
   */
  readonly make: <Item extends Planned>(items: readonly Item[]) => Promise<Map<Item, Made>>;
  readonly mayGoOn: () => boolean;
  readonly remainingMs: RemainingMs;
  /** A call is not begun with less time than this. */
  readonly neededMs: number;
}

/** Opens the calls of an invocation. */
export type Run = (remainingMs: RemainingMs) => Calls;

/** Calls of one batch that run at the same time; Salesforce limits long ones to 25 per org. */
const CONCURRENCY = 5;

/** Kept for dead letters and replies after the last call. */
const SETTLE_MS = 1_500;

/** Nobody knows more of any of the requests than that their call brought no answer. */
const unanswered = <Item extends Planned>({ items }: ApiCall<Item>, error: unknown): Step<Item> => {
  const outcomeOf = ({ request }: Item) => classifyError(error, isRepeatable(request));
  return { made: items.map((item) => ({ item, outcome: outcomeOf(item) })), calls: [] };
};

export function createRun(dependencies: RunDependencies): Run {
  const { call, callTimeoutMs, onAnswer } = dependencies;
  const { plan, next } = createPlanner(dependencies);
  const neededMs = callTimeoutMs + SETTLE_MS;

  const attempt = async <Item extends Planned>(apiCall: ApiCall<Item>): Promise<Step<Item>> => {
    try {
      const answer = await call(apiCall.call, callTimeoutMs);
      onAnswer(answer.headers);
      return next(apiCall, answer);
    } catch (error) {
      return unanswered(apiCall, error);
    }
  };

  return (remainingMs) => {
    const limit = pLimit(CONCURRENCY);
    let isTripped = false;
    const mayGoOn = (): boolean => !isTripped && remainingMs() >= neededMs;

    const makeOne = async <Item extends Planned>(
      apiCall: ApiCall<Item>,
      results: Map<Item, Made>,
    ): Promise<Step<Item>['calls']> => {
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

    const make = async <Item extends Planned>(items: readonly Item[]): Promise<Map<Item, Made>> => {
      const results = new Map<Item, Made>();
      let calls = plan(items);
      while (calls.length > 0)
        calls = (await limit.map(calls, (one) => makeOne(one, results))).flat();
      return results;
    };

    const partsOf: Calls['partsOf'] = (items) => plan(items).map(({ items: own }) => own);
    return { partsOf, make, mayGoOn, remainingMs, neededMs };
  };
}
