import pLimit from 'p-limit';
import type { RemainingMs } from '#common/aws.ts';
import { breakerReasonOf } from './circuit-breaker/state.ts';
import { nextCalls, type PlanOptions, planCalls, type Step } from './coalesce/plan.ts';
import type { ApiCall, PlannedRequest } from './coalesce/single.ts';
import { classifyError } from './outcome/classify.ts';
import type { Outcome } from './outcome/failure-class.ts';
import { isRepeatable } from './request/idempotency-key.ts';
import type { Answer, CallSalesforce } from './salesforce/client.ts';

export interface ExecutionOptions extends PlanOptions {
  readonly callSalesforce: CallSalesforce;
  readonly callTimeoutMs: number;
  /** Called with the headers of every answer. */
  readonly onAnswer: (headers: Answer['headers']) => void;
}

/** What a request came to, and how long its API call took. */
export interface CallResult {
  readonly outcome: Outcome;
  readonly durationMs: number;
}

/** API calls of one invocation at the same time. Salesforce limits calls of 20 s or longer to 25 per org. */
const CONCURRENCY = 5;

/** Reserved for dead-letter messages and replies after the last call. */
const RESERVE_MS = 1_500;

/** No answer came: the same error is the outcome of each request of the call. */
function unanswered<Item extends PlannedRequest>(
  { items }: ApiCall<Item>,
  error: unknown,
): Step<Item> {
  const outcomeOf = ({ request }: Item) => classifyError(error, isRepeatable(request));
  return { finished: items.map((item) => ({ item, outcome: outcomeOf(item) })), calls: [] };
}

/** The API calls of one invocation. They share its time, and the first that opens the circuit breaker ends them all. */
export class Execution {
  readonly remainingMs: RemainingMs;
  /** No call is started with less time left. */
  readonly neededMs: number;
  readonly #options: ExecutionOptions;
  readonly #limit = pLimit(CONCURRENCY);
  #isStopped = false;

  constructor(options: ExecutionOptions, remainingMs: RemainingMs) {
    this.#options = options;
    this.remainingMs = remainingMs;
    this.neededMs = options.callTimeoutMs + RESERVE_MS;
  }

  canContinue(): boolean {
    return !this.#isStopped && this.remainingMs() >= this.neededMs;
  }

  /** The requests grouped by the API call that they share. */
  callGroups<Item extends PlannedRequest>(items: readonly Item[]): (readonly Item[])[] {
    return planCalls(items, this.#options).map((apiCall) => apiCall.items);
  }

  /**
   * Makes the calls for requests that are independent of each other. Each request gets an outcome of its own: a call that
   * is rejected as a whole is split until the request that caused it stands alone. Requests whose call was not started,
   * for lack of time or because the breaker opened, are missing from the result.
   */
  async run<Item extends PlannedRequest>(items: readonly Item[]): Promise<Map<Item, CallResult>> {
    const results = new Map<Item, CallResult>();
    let calls = planCalls(items, this.#options);
    while (calls.length > 0) {
      const next = await this.#limit.map(calls, (apiCall) => this.#start(apiCall, results));
      calls = next.flat();
    }
    return results;
  }

  /** Makes one call and notes what it finished. Answers the calls that follow from it. */
  async #start<Item extends PlannedRequest>(
    apiCall: ApiCall<Item>,
    results: Map<Item, CallResult>,
  ): Promise<readonly ApiCall<Item>[]> {
    if (!this.canContinue()) return [];
    const startedAt = Date.now();
    const { finished, calls } = await this.#attempt(apiCall);
    const durationMs = Date.now() - startedAt;
    for (const { item, outcome } of finished) {
      results.set(item, { outcome, durationMs });
      this.#isStopped ||= breakerReasonOf(outcome) !== undefined;
    }
    return calls;
  }

  async #attempt<Item extends PlannedRequest>(apiCall: ApiCall<Item>): Promise<Step<Item>> {
    const { callSalesforce, callTimeoutMs, onAnswer } = this.#options;
    try {
      const answer = await callSalesforce(apiCall.call, callTimeoutMs);
      onAnswer(answer.headers);
      return nextCalls(apiCall, answer, this.#options);
    } catch (error) {
      return unanswered(apiCall, error);
    }
  }
}
