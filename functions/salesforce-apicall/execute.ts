import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type { RemainingMs } from '#common/aws.ts';
import { breakerReasonOf } from './circuit-breaker/state.ts';
import { nextCalls, type PlanOptions, planCalls, type Step } from './coalesce/plan.ts';
import type { ApiCall, PlannedRequest } from './coalesce/single.ts';
import { classifyError } from './outcome/classify.ts';
import type { Outcome } from './outcome/failure-class.ts';
import { isRepeatable } from './request/idempotency-key.ts';
import type { ApiResponse, CallSalesforce } from './salesforce/client.ts';

export interface ExecutionOptions extends PlanOptions {
  readonly callSalesforce: CallSalesforce;
  readonly callTimeoutMs: number;
  /** Called with the headers of every response. */
  readonly onResponse: (headers: ApiResponse['headers']) => void;
}

/** The outcome of a request, and its API call: an id for the logs, how many requests shared it, how long it took. */
export interface CallResult {
  readonly outcome: Outcome;
  readonly callId: string;
  readonly callRequests: number;
  readonly durationMs: number;
}

/** Concurrent API calls of one invocation. Salesforce limits calls of 20 s or longer to 25 per org. */
const CONCURRENCY = 5;

/**
 * Reserved for what follows the last call: idempotency records, attempt counts, dead-letter messages, replies. Enough when AWS
 * responds at once; retries can take longer, as can a new login after a 401. If the invocation times out, SQS delivers its
 * messages again, as after the death of the process (batch.ts).
 */
const RESERVE_MS = 1_500;

/** Unique among the calls of a few days, which is sufficient to find their requests in the logs. */
const shortId = (): string => randomUUID().slice(0, 8);

/** Without a response, the same error is the outcome of each request of the call. */
function withoutResponse<Item extends PlannedRequest>(
  { items }: ApiCall<Item>,
  error: unknown,
): Step<Item> {
  const outcomeOf = ({ request }: Item) => classifyError(error, isRepeatable(request));
  return { finished: items.map((item) => ({ item, outcome: outcomeOf(item) })), calls: [] };
}

/**
 * The API calls of one invocation, which share its time. When a failure opens the circuit breaker, no further call is started;
 * calls in flight continue.
 */
export class Execution {
  readonly remainingMs: RemainingMs;
  /** A call is started only if this much time is left. */
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

  /** Groups requests by the API call that they share. `run` plans again, for those that the guard permits. */
  callGroups<Item extends PlannedRequest>(items: readonly Item[]): (readonly Item[])[] {
    return planCalls(items, this.#options).map((apiCall) => apiCall.items);
  }

  /**
   * Makes the calls for requests that are independent of each other. Each request gets an outcome of its own: a call that
   * is rejected as a whole is split until the request that caused it is alone. Requests whose call was not started,
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

  /** Makes one call and records the requests that it finished. Returns the calls that follow from it. */
  async #start<Item extends PlannedRequest>(
    apiCall: ApiCall<Item>,
    results: Map<Item, CallResult>,
  ): Promise<readonly ApiCall<Item>[]> {
    if (!this.canContinue()) return [];
    const startedAt = Date.now();
    const { finished, calls } = await this.#attempt(apiCall);
    const callRequests = apiCall.items.length;
    const call = { callId: shortId(), callRequests, durationMs: Date.now() - startedAt };
    for (const { item, outcome } of finished) {
      results.set(item, { outcome, ...call });
      this.#isStopped ||= breakerReasonOf(outcome) !== undefined;
    }
    return calls;
  }

  async #attempt<Item extends PlannedRequest>(apiCall: ApiCall<Item>): Promise<Step<Item>> {
    const { callSalesforce, callTimeoutMs, onResponse } = this.#options;
    try {
      const response = await callSalesforce(apiCall.call, callTimeoutMs);
      onResponse(response.headers);
      return nextCalls(apiCall, response, this.#options);
    } catch (error) {
      return withoutResponse(apiCall, error);
    }
  }
}
