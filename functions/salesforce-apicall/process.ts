import pLimit from 'p-limit';
import pMap from 'p-map';
import type { RemainingMs } from '#common/aws.ts';
import type { EffectIds } from '#common/idempotency-record.ts';
import { inRounds } from './coalesce/ordering.ts';
import { type ErrorCode, RequestError } from './errors.ts';
import type { CallResult, Execution } from './execute.ts';
import type { Guard, Permit } from './idempotency/guard.ts';
import { classifyError, contractCodeOf } from './outcome/classify.ts';
import { failure, type Outcome } from './outcome/failure-class.ts';
import type { IncomingRequest } from './request/parse.ts';
import type { ApiCallRequest } from './request/schema.ts';
import {
  orderingKey,
  originalOutcome,
  type ResolvedRequest,
  type ResolveRules,
  resolveRequest,
} from './resolve.ts';

/** What an incoming request came to. */
export interface RequestResult {
  readonly outcome: Outcome;
  readonly code: ErrorCode;
  /** Absent where the data is not a valid request. */
  readonly request?: ApiCallRequest;
  /** How long the request's API call took; absent where there was none. */
  readonly durationMs?: number;
  /** The request's idempotency record: by it an unknown outcome is resolved. */
  readonly effect?: EffectIds;
  /** Every call would fail like this one at present: not an attempt, repeat the request after this long. */
  readonly waitSeconds?: number;
}

/** Not an attempt: the request may be made after `waitSeconds`, for instance when less of the API limit is used. */
export interface Deferred {
  readonly waitSeconds: number;
}

export type ProcessingResult = RequestResult | Deferred;

/** There was no time to begin. */
export const notStarted: Deferred = { waitSeconds: 0 };

/** The result of data that is not a valid request, or of a request that is not allowed. */
export const rejected = ({ code, message }: RequestError): RequestResult => ({
  code,
  outcome: failure('permanent-data', code, message),
});

/** Turns incoming requests into API calls. Answers one result per request, in order. Never rejects. */
export type ProcessRequests = (
  requests: readonly IncomingRequest[],
  remainingMs: RemainingMs,
) => Promise<ProcessingResult[]>;

type Permitted<Item> = Item & { readonly permit: Permit };

/** Requests to the idempotency table that are in flight at the same time. */
const TABLE_CONCURRENCY = 50;

const toResult = (one: ResolvedRequest, outcome: Outcome): RequestResult => ({
  code: contractCodeOf(outcome),
  request: one.original,
  outcome: originalOutcome(one, outcome),
  ...(one.effect === undefined ? {} : { effect: one.effect }),
});

/**
 * Makes the requests of one API call, each at most once. The idempotency record is written right before the call and
 * closed right after it: if the process dies, only what was in flight at that moment has an unknown outcome.
 */
function createCallGroupProcess(guard: Guard) {
  const limit = pLimit(TABLE_CONCURRENCY);

  const askGuard = async <Item extends ResolvedRequest>(
    item: Item,
    { neededMs, remainingMs }: Execution,
  ): Promise<Permitted<Item> | ProcessingResult> => {
    const decision = await guard(item.effect, { remainingMs, reserveMs: neededMs });
    if ('outcome' in decision) return toResult(item, decision.outcome);
    return 'waitSeconds' in decision ? decision : { ...item, permit: decision };
  };

  const permit = async <Item extends ResolvedRequest>(
    item: Item,
    execution: Execution,
  ): Promise<Permitted<Item> | ProcessingResult> => {
    if (!execution.canContinue()) return notStarted;
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
    { remainingMs }: Execution,
  ): Promise<ProcessingResult> => {
    await item.permit.close(called?.outcome, remainingMs);
    if (called === undefined) return notStarted;
    return { ...toResult(item, called.outcome), durationMs: called.durationMs };
  };

  return async <Item extends ResolvedRequest>(
    items: readonly Item[],
    execution: Execution,
  ): Promise<[Item, ProcessingResult][]> => {
    const permits = await limit.map(items, (item) => permit(item, execution));
    const called = await execution.run(permits.filter((answer) => 'permit' in answer));
    const results = await limit.map(permits, (answer) =>
      'permit' in answer ? close(answer, called.get(answer), execution) : answer,
    );
    return items.map((item, index) => [item, results[index] ?? notStarted]);
  };
}

interface ProcessDependencies {
  readonly startExecution: (remainingMs: RemainingMs) => Execution;
  readonly guard: Guard;
  readonly rules: ResolveRules;
  /** Seconds for which a request has to wait; `undefined`: it may be made now. */
  readonly deferSeconds: (request: ApiCallRequest) => number | undefined;
}

/** API calls that are prepared, made and recorded at the same time. */
const CALL_CONCURRENCY = 5;

interface Item extends ResolvedRequest {
  readonly index: number;
}

/** Resolves requests, and makes those that are valid: in order where they concern the same record, each at most once. */
export function createProcess(dependencies: ProcessDependencies): ProcessRequests {
  const { startExecution, guard, rules, deferSeconds } = dependencies;
  const processCallGroup = createCallGroupProcess(guard);

  const withoutCall = (one: ResolvedRequest | RequestError): ProcessingResult | undefined => {
    if (one instanceof RequestError) return rejected(one);
    const waitSeconds = deferSeconds(one.original);
    return waitSeconds === undefined ? undefined : { waitSeconds };
  };

  return async (requests, remainingMs) => {
    const resolved = requests.map((request) => resolveRequest(request, rules));
    const early = resolved.map(withoutCall);
    const results = early.map((result) => result ?? notStarted);
    const items = resolved.flatMap((one, index): Item[] =>
      one instanceof RequestError || early[index] ? [] : [{ ...one, index }],
    );
    const execution = startExecution(remainingMs);
    for (const round of inRounds(items, orderingKey)) {
      await pMap(
        execution.callGroups(round),
        async (group) => {
          const processed = await processCallGroup(group, execution);
          for (const [{ index }, result] of processed) results[index] = result;
        },
        { concurrency: CALL_CONCURRENCY },
      );
    }
    return results;
  };
}
