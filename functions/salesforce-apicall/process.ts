import pLimit from 'p-limit';
import pMap from 'p-map';
import type { RemainingMs } from '#common/aws.ts';
import type { EffectIds } from '#common/idempotency-record.ts';
import type { CircuitBreaker } from './circuit-breaker/circuit-breaker.ts';
import { inRounds } from './coalesce/ordering.ts';
import { canRepeat } from './coalesce/single.ts';
import { type ErrorCode, RequestError } from './errors.ts';
import type { CallResult, Execution } from './execute.ts';
import { confirmCreates } from './idempotency/confirm.ts';
import type { Guard, Permit } from './idempotency/guard.ts';
import { classifyError, contractCodeOf } from './outcome/classify.ts';
import { failure, type Outcome } from './outcome/failure-class.ts';
import type { IncomingRequest } from './request/parse.ts';
import type { ApiCallRequest } from './request/schema.ts';
import { orderingKey, type ResolvedRequest, type ResolveRules, resolveRequest } from './resolve.ts';

/** How many requests may share a call with this one from now on; absent: as many as fit. */
interface Sized {
  readonly callSize?: number | undefined;
}

/** A request with an outcome: Salesforce's, that of its idempotency record, or a rejection without a call. */
export interface FinishedResult extends Sized {
  readonly outcome: Outcome;
  readonly code: ErrorCode;
  /** Absent if the data is not a valid request. */
  readonly request?: ApiCallRequest;
  /** How long the request's API call took; absent if there was none. */
  readonly durationMs?: number;
  /** The API call that the request was made in, and how many requests shared it; absent if there was none. */
  readonly callId?: string;
  readonly callRequests?: number;
  /** The request's idempotency record, by which an unknown outcome is resolved; absent for repeatable requests. */
  readonly effect?: EffectIds;
}

/** The result of a request. Only a `finished` one can count as an attempt, or lead to a reply on the bus. */
export type RequestResult =
  | ({ readonly kind: 'finished' } & FinishedResult)
  /** The request failed, and every other call would fail like it until `waitSeconds` have passed. */
  | ({ readonly kind: 'breaker-opened'; readonly waitSeconds: number } & FinishedResult)
  /** No call: the breaker is open, apicall is paused, another invocation is making the request, or low priority has to wait. */
  | ({ readonly kind: 'wait'; readonly waitSeconds: number } & Sized)
  /** No call, because too little time was left. */
  | ({ readonly kind: 'not-started' } & Sized);

export const notStarted: RequestResult = { kind: 'not-started' };

/** The result of data that is not a valid request, or of a request that is not allowed. */
export const rejected = ({ code, message }: RequestError) => ({
  kind: 'finished' as const,
  code,
  outcome: failure('permanent-data', code, message),
});

/** Turns incoming requests into API calls. Returns one result per request, in order. Never rejects. */
export type ProcessRequests = (
  requests: readonly IncomingRequest[],
  remainingMs: RemainingMs,
) => Promise<RequestResult[]>;

type Permitted<Item> = Item & { readonly kind: 'permitted'; readonly permit: Permit };

/** Requests to the idempotency table that are in flight at the same time. */
const TABLE_CONCURRENCY = 50;

const toResult = (one: ResolvedRequest, outcome: Outcome) => ({
  kind: 'finished' as const,
  code: contractCodeOf(outcome),
  request: one.original,
  outcome,
  ...(one.effect === undefined ? {} : { effect: one.effect }),
});

/**
 * Makes the requests of one API call, a create at most once. Its idempotency record is written right before the call and
 * closed right after it: if the Lambda process dies, only creates with an open record have an unknown outcome, those of five
 * calls at most.
 */
function createCallGroupProcess(guard: Guard) {
  const limit = pLimit(TABLE_CONCURRENCY);

  const askGuard = async <Item extends ResolvedRequest>(
    item: Item,
    { remainingMs, neededMs }: Execution,
  ): Promise<Permitted<Item> | RequestResult> => {
    const time = { remainingMs, reserveMs: neededMs };
    const decision = await guard(item.effect, time, { canRepeat: canRepeat(item) });
    if (decision.kind === 'known') return toResult(item, decision.outcome);
    return decision.kind === 'wait' ? decision : { ...item, kind: 'permitted', permit: decision };
  };

  const requestPermit = async <Item extends ResolvedRequest>(
    item: Item,
    execution: Execution,
  ): Promise<Permitted<Item> | RequestResult> => {
    const waitSeconds = execution.breaker.waitSeconds(item.request);
    if (waitSeconds !== undefined) return { kind: 'wait', waitSeconds };
    if (!execution.hasTime()) return notStarted;
    try {
      return await askGuard(item, execution);
    } catch (error) {
      // The guard rejected the key, or its table was not available: no call was made.
      if (error instanceof RequestError) return { ...rejected(error), request: item.original };
      return toResult(item, classifyError(error, true));
    }
  };

  const close = async <Item extends ResolvedRequest>(
    item: Permitted<Item>,
    called: CallResult | undefined,
    execution: Execution,
  ): Promise<RequestResult> => {
    await item.permit.close(called?.outcome, execution.remainingMs);
    const callSize = execution.callSizeOf(item.request);
    if (called === undefined) {
      const held = execution.breaker.waitSeconds(item.request);
      return held === undefined
        ? { kind: 'not-started', callSize }
        : { kind: 'wait', waitSeconds: held, callSize };
    }
    const { opensBreaker, ...call } = called;
    const result = { ...call, ...toResult(item, called.outcome), callSize };
    const waitSeconds = opensBreaker ? execution.breaker.openSeconds() : undefined;
    return waitSeconds === undefined ? result : { ...result, kind: 'breaker-opened', waitSeconds };
  };

  return async <Item extends ResolvedRequest>(
    items: readonly Item[],
    execution: Execution,
  ): Promise<[Item, RequestResult][]> => {
    const guarded = await limit.map(items, (item) => requestPermit(item, execution));
    const permitted = guarded.filter((one) => one.kind === 'permitted');
    const called = await confirmCreates(await execution.run(permitted), execution);
    const results = await limit.map(guarded, (one) =>
      one.kind === 'permitted' ? close(one, called.get(one), execution) : one,
    );
    return items.map((item, index) => [item, results[index] ?? notStarted]);
  };
}

interface ProcessDependencies {
  readonly readBreaker: () => Promise<CircuitBreaker>;
  readonly startExecution: (remainingMs: RemainingMs, breaker: CircuitBreaker) => Execution;
  readonly guard: Guard;
  readonly rules: ResolveRules;
  /** How many seconds a request of low priority has to wait; `undefined`: it may be made now. */
  readonly deferSeconds: (request: ApiCallRequest) => number | undefined;
}

/** API calls that are prepared, made and recorded at the same time. */
const CALL_CONCURRENCY = 5;

interface Item extends ResolvedRequest {
  readonly index: number;
}

type Processed = readonly [Item, RequestResult];

/**
 * Validates requests, and makes those that are valid and allowed, a create at most once. Requests that concern the same record
 * are made in the order given, in rounds; the failure of one does not stop the next. Within a round, requests share API calls.
 */
export function createProcess(dependencies: ProcessDependencies): ProcessRequests {
  const { readBreaker, startExecution, guard, rules, deferSeconds } = dependencies;
  const processCallGroup = createCallGroupProcess(guard);

  const withoutCall = (one: ResolvedRequest | RequestError): RequestResult | undefined => {
    if (one instanceof RequestError) return rejected(one);
    const waitSeconds = deferSeconds(one.original);
    return waitSeconds === undefined ? undefined : { kind: 'wait', waitSeconds };
  };

  /** While the circuit breaker is half-open, one of the requests that it held back goes first, alone. */
  const probe = async (items: readonly Item[], execution: Execution): Promise<Processed[]> => {
    const processed: Processed[] = [];
    for (const item of items) {
      if (!execution.breaker.isProbe(item.request)) continue;
      processed.push(...(await processCallGroup([item], execution)));
      const [, result] = processed.at(-1) ?? [];
      // Only a call shows whether others may follow, not the result of an idempotency record.
      if (result !== undefined && 'callId' in result) {
        await execution.breaker.close();
        break;
      }
    }
    return processed;
  };

  return async (requests, remainingMs) => {
    if (requests.length === 0) return [];
    const resolved = requests.map((request) => resolveRequest(request, rules));
    const early = resolved.map(withoutCall);
    const results = early.map((result) => result ?? notStarted);
    const items = resolved.flatMap((one, index): Item[] =>
      one instanceof RequestError || early[index] ? [] : [{ ...one, index }],
    );
    const keep = (processed: readonly Processed[]): void => {
      for (const [{ index }, result] of processed) results[index] = result;
    };
    const execution = startExecution(remainingMs, await readBreaker());
    for (const { index, request } of items) {
      const { callSize } = requests[index] ?? {};
      if (callSize !== undefined) execution.limitCallSize(request, callSize);
    }
    const first = await probe(items, execution);
    keep(first);
    const done = new Set(first.map(([item]) => item));
    const rounds = inRounds(
      items.filter((item) => !done.has(item)),
      orderingKey,
    );
    for (const round of rounds) {
      const groups = execution.callGroups(round);
      const options = { concurrency: CALL_CONCURRENCY };
      await pMap(groups, async (group) => keep(await processCallGroup(group, execution)), options);
    }
    return results;
  };
}
