import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type { RemainingMs } from '#common/aws.ts';
import { policyOf } from '#common/failure-policy.ts';
import type { BreakerScope } from '#common/failure-policy-type.ts';
import type { CircuitBreaker } from './circuit-breaker/circuit-breaker.ts';
import { type Evidence, evidenceOf, holdsBack, strongest } from './circuit-breaker/evidence.ts';
import { nextStep, type PlanOptions, planCalls } from './coalesce/plan.ts';
import { type ApiCall, canRepeat, jsonHeaders, type PlannedRequest } from './coalesce/single.ts';
import { type CallOutcomes, outcomesOf } from './coalesce/split.ts';
import { classifyError, classifyResponse } from './outcome/classify.ts';
import type { Outcome } from './outcome/failure-class.ts';
import type { ApiCallRequest } from './request/schema.ts';
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
  /** The failure opened the circuit breaker, so that the request is made again when it closes. */
  readonly opensBreaker: boolean;
}

/**
 * Takes over the results of an API call that has ended: its requests that have an outcome. Those that are sent again, in
 * further calls, are missing; each request is in one of the results at most. While it is pending, it counts as one of the calls
 * in flight, so that the responses held at once are as many as these. Only what it keeps itself is held: results are passed on
 * by `then`, because the frame of an `await` would keep the parsed response that it doesn't need any more.
 */
export type OnCallEnded<Item> = (results: ReadonlyMap<Item, CallResult>) => Promise<void>;

interface MadeCall<Item extends PlannedRequest> {
  readonly results: ReadonlyMap<Item, CallResult>;
  /** The calls in which its other requests are sent again. */
  readonly next: readonly ApiCall<Item>[];
}

/** Concurrent API calls of one invocation. Salesforce limits calls of 20 s or longer to 25 per org. */
const CONCURRENCY = 5;

/**
 * Reserved for what follows the last call: idempotency records, attempt counts, dead-letter messages, replies. Enough when AWS
 * responds at once; retries can take longer, as can a new login after a 401. If the invocation times out, SQS delivers its
 * messages again, as after the death of the process (batch.ts).
 */
const RESERVE_MS = 1_500;

/** Reads one row, which every org has and most users may read. A response that it may not is a response all the same. */
const QUERY = 'SELECT Id FROM Organization LIMIT 1';
const QUERIED: ApiCallRequest = { action: 'GET', resource: 'query' };

/** Unique among the calls of a few days, which is sufficient to find their requests in the logs. */
const shortId = (): string => randomUUID().slice(0, 8);

/** Without a response, the same error is the outcome of each request of the call. */
const withoutResponse = <Item extends PlannedRequest>(
  { items }: ApiCall<Item>,
  error: unknown,
): CallOutcomes<Item> => ({
  results: items.map((item) => ({
    item,
    outcome: classifyError(error, canRepeat(item)),
  })),
  isWhole: true,
});

/**
 * The evidence in a call's results that other calls fail too. A record that succeeds after another one, in the same call, shows
 * that what the other's error says of all is true of that one only.
 */
function evidenceIn<Item extends PlannedRequest>({ results, isWhole }: CallOutcomes<Item>) {
  const succeededAfter = (index: number, scope: BreakerScope): boolean =>
    results
      .slice(index + 1)
      .some(({ item, outcome }) => outcome.kind === 'success' && holdsBack(scope, item.request));
  return strongest(
    results.flatMap(({ item, outcome }, index) => {
      if (outcome.kind === 'success') return [];
      const evidence = evidenceOf(outcome, item.request, isWhole);
      return evidence === undefined || succeededAfter(index, evidence.scope) ? [] : [evidence];
    }),
  );
}

/** Whether a failure that opened the breaker is repeated when it closes: not if Salesforce may have made the change. */
const isRepeatedLater = (outcome: Outcome, request: ApiCallRequest, isWhole: boolean): boolean =>
  outcome.kind === 'failure' &&
  policyOf(outcome.class).idempotencyRecord === 'release' &&
  evidenceOf(outcome, request, isWhole) !== undefined;

/** The API calls of one invocation, which share its time, and the circuit breaker that their failures open. */
export class Execution {
  readonly remainingMs: RemainingMs;
  readonly breaker: CircuitBreaker;
  /** A call is started only if this much time is left. */
  readonly neededMs: number;
  readonly #options: ExecutionOptions;
  readonly #limit = pLimit(CONCURRENCY);
  /** Milliseconds since 1970: when Salesforce last answered as it does when it works. */
  #answeredAt = Number.NEGATIVE_INFINITY;
  #query: Promise<Evidence | undefined> | undefined;

  constructor(options: ExecutionOptions, remainingMs: RemainingMs, breaker: CircuitBreaker) {
    this.#options = options;
    this.remainingMs = remainingMs;
    this.breaker = breaker;
    this.neededMs = options.callTimeoutMs + RESERVE_MS;
  }

  hasTime(): boolean {
    return this.remainingMs() >= this.neededMs;
  }

  /** How many requests may share a call with this one; `undefined`: as many as fit. */
  callSizeOf(request: ApiCallRequest): number | undefined {
    return this.#options.callSizes.get(request);
  }

  limitCallSize(request: ApiCallRequest, size: number): void {
    this.#options.callSizes.set(request, size);
  }

  /** Groups requests by the API call that they share. `run` plans again, for those that the guard permits. */
  callGroups<Item extends PlannedRequest>(items: readonly Item[]): (readonly Item[])[] {
    return planCalls(items, this.#options).map((apiCall) => apiCall.items);
  }

  /**
   * Makes the calls for requests that are independent of each other, and hands on the results of each when it ends. Each
   * request gets an outcome of its own: a call that fails as a whole is split until the request that caused it is alone,
   * unless the circuit breaker opens. Requests whose call was not started, for lack of time or because the breaker is open, get
   * no result. Resolves when no call is left and all results are taken over.
   */
  async run<Item extends PlannedRequest>(
    items: readonly Item[],
    onCallEnded: OnCallEnded<Item>,
  ): Promise<void> {
    const start = async (apiCall: ApiCall<Item>): Promise<readonly ApiCall<Item>[]> => {
      const isHeld = ({ request }: Item) => this.breaker.waitSeconds(request) !== undefined;
      if (!this.hasTime() || apiCall.items.some(isHeld)) return [];
      return this.#make(apiCall).then(({ results, next }) => onCallEnded(results).then(() => next));
    };
    let calls: readonly ApiCall<Item>[] = planCalls(items, this.#options);
    while (calls.length > 0) calls = (await this.#limit.map(calls, start)).flat();
  }

  /** Makes one call. Returns the results of the requests that it finished, and the calls that follow from it. */
  async #make<Item extends PlannedRequest>(apiCall: ApiCall<Item>): Promise<MadeCall<Item>> {
    const startedAt = Date.now();
    const outcomes = await this.#attempt(apiCall);
    const callRequests = apiCall.items.length;
    const call = { callId: shortId(), callRequests, durationMs: Date.now() - startedAt };
    const evidence = evidenceIn(outcomes);
    if (evidence === undefined) this.#answeredAt = Date.now();
    const opensBreaker = evidence !== undefined && (await this.#opens(evidence, startedAt));
    const { finished, again, planAgain } = nextStep(apiCall, outcomes, this.#options);
    const ended = opensBreaker ? [...finished, ...again] : finished;
    const results = ended.map(({ item, outcome }): [Item, CallResult] => {
      const waits = opensBreaker && isRepeatedLater(outcome, item.request, outcomes.isWhole);
      return [item, { outcome, ...call, opensBreaker: waits }];
    });
    return { results: new Map(results), next: opensBreaker ? [] : planAgain() };
  }

  /** The outcome of a SOQL query. Never rejects. */
  async query(soql: string): Promise<Outcome> {
    const path = `/services/data/${this.#options.apiVersion}/query?q=${encodeURIComponent(soql)}`;
    return this.#call({ method: 'GET', path, headers: jsonHeaders }).then(
      (response) => classifyResponse(response, true),
      (error: unknown) => classifyError(error, true),
    );
  }

  async #attempt<Item extends PlannedRequest>(apiCall: ApiCall<Item>): Promise<CallOutcomes<Item>> {
    try {
      return outcomesOf(apiCall, await this.#call(apiCall.call));
    } catch (error) {
      return withoutResponse(apiCall, error);
    }
  }

  async #call(call: ApiCall<PlannedRequest>['call']): Promise<ApiResponse> {
    const { callSalesforce, callTimeoutMs, onResponse } = this.#options;
    const response = await callSalesforce(call, callTimeoutMs);
    onResponse(response.headers);
    return response;
  }

  /** Opens the circuit breaker if other calls fail too. A call that has been answered meanwhile, or a query, shows that they don't. */
  async #opens(evidence: Evidence, startedAt: number): Promise<boolean> {
    if (evidence.isProof) {
      await this.breaker.open(evidence);
      return true;
    }
    // Another call of this invocation has opened it meanwhile.
    if (this.breaker.waitSeconds(QUERIED) !== undefined) return true;
    if (this.#answeredAt >= startedAt || !this.hasTime()) return false;
    this.#query ??= this.#askForEvidence().finally(() => {
      this.#query = undefined;
    });
    const other = await this.#query;
    if (other === undefined) return false;
    await this.breaker.open(other.isProof ? other : evidence);
    return true;
  }

  /** The evidence in the response to a query; `undefined`: Salesforce answers. */
  async #askForEvidence(): Promise<Evidence | undefined> {
    const outcome = await this.query(QUERY);
    const evidence = outcome.kind === 'failure' && evidenceOf(outcome, QUERIED, true);
    if (evidence) return evidence;
    this.#answeredAt = Date.now();
    return undefined;
  }
}
