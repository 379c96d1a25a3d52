import pMap from 'p-map';
import type { RemainingMs } from '#common/aws.ts';
import { createCallGroupProcess, type HandOn, type Item } from './call-group.ts';
import { inRounds } from './coalesce/ordering.ts';
import { RequestError } from './errors.ts';
import type { Execution } from './execute.ts';
import type { Guard } from './idempotency/guard.ts';
import type { IncomingRequest } from './request/parse.ts';
import type { ApiCallRequest } from './request/schema.ts';
import { orderingKey, type ResolveRules, resolveRequest } from './resolve.ts';
import { notStarted, type RequestResult, rejected } from './result.ts';

export type RequestWithResult = readonly [IncomingRequest, RequestResult];

/**
 * Takes over results, as soon as they are known: those of one API call together, or of requests that need no call. It is pending
 * for as long as it holds the responses in memory: no other call takes this one's place meanwhile. Can be empty.
 */
type OnResults = (results: readonly RequestWithResult[]) => Promise<void>;

interface ProcessOptions {
  readonly remainingMs: RemainingMs;
  /** Called several times, also at the same time; with each request once. */
  readonly onResults: OnResults;
  /** Shares its time and its circuit breaker with other calls of the invocation; absent: starts one. */
  readonly execution?: Execution;
}

/**
 * Turns incoming requests into API calls, and hands on their results call by call. Resolves when all results are taken over;
 * rejects only if `onResults` does.
 */
export type ProcessRequests = (
  requests: readonly IncomingRequest[],
  options: ProcessOptions,
) => Promise<void>;

/** The results of requests all at once, in order: for those whose responses fit into memory together. */
export async function resultsOf(
  processRequests: ProcessRequests,
  requests: readonly IncomingRequest[],
  remainingMs: RemainingMs,
): Promise<RequestResult[]> {
  const found = new Map<IncomingRequest, RequestResult>();
  const onResults: OnResults = async (results) => {
    for (const [request, result] of results) found.set(request, result);
  };
  await processRequests(requests, { remainingMs, onResults });
  return requests.map((request) => found.get(request) ?? notStarted);
}

/** Reads the state of the circuit breaker, once for each execution. */
export type StartExecution = (remainingMs: RemainingMs) => Promise<Execution>;

interface ProcessDependencies {
  readonly startExecution: StartExecution;
  readonly guard: Guard;
  readonly rules: ResolveRules;
  /** How many seconds a request of low priority has to wait; `undefined`: it may be made now. */
  readonly deferSeconds: (request: ApiCallRequest) => number | undefined;
}

/** Validates requests. `early`: those that need no call, with their results. */
function resolveAll(
  requests: readonly IncomingRequest[],
  { rules, deferSeconds }: ProcessDependencies,
) {
  const early: RequestWithResult[] = [];
  const items: Item[] = [];
  for (const incoming of requests) {
    const one = resolveRequest(incoming, rules);
    if (one instanceof RequestError) {
      early.push([incoming, rejected(one)]);
      continue;
    }
    const waitSeconds = deferSeconds(one.original);
    if (waitSeconds === undefined) items.push({ ...one, incoming });
    else early.push([incoming, { kind: 'wait', waitSeconds }]);
  }
  return { early, items };
}

function limitCallSizes(items: readonly Item[], execution: Execution): void {
  for (const { incoming, request } of items) {
    if (incoming.callSize !== undefined) execution.limitCallSize(request, incoming.callSize);
  }
}

const toHandOn =
  (onResults: OnResults): HandOn =>
  (processed) =>
    onResults(processed.map(([{ incoming }, result]) => [incoming, result]));

/** API calls that are prepared, made and recorded at the same time. */
const CALL_CONCURRENCY = 5;

/**
 * Validates requests, and makes those that are valid and allowed, a create at most once. Requests that concern the same record
 * are made in the order given, in rounds; the failure of one does not stop the next. Within a round, requests share API calls.
 */
export function createProcess(dependencies: ProcessDependencies): ProcessRequests {
  const { startExecution, guard } = dependencies;
  const processCallGroup = createCallGroupProcess(guard);

  /** While the circuit breaker is half-open, one of the requests that it held back goes first, alone. */
  const probe = async (
    items: readonly Item[],
    execution: Execution,
    handOn: HandOn,
  ): Promise<ReadonlySet<Item>> => {
    const done = new Set<Item>();
    for (const item of items) {
      if (!(await execution.breaker.isProbe(item.request))) continue;
      let isCalled = false;
      await processCallGroup([item], execution, (processed) => {
        // Only a call shows whether others may follow, not the result of an idempotency record.
        isCalled ||= processed.some(([, result]) => 'callId' in result);
        return handOn(processed);
      });
      done.add(item);
      if (!isCalled) continue;
      await execution.breaker.close();
      break;
    }
    return done;
  };

  return async (requests, { remainingMs, onResults, execution: shared }) => {
    if (requests.length === 0) return;
    const handOn = toHandOn(onResults);
    const { early, items } = resolveAll(requests, dependencies);
    await onResults(early);
    const execution = shared ?? (await startExecution(remainingMs));
    limitCallSizes(items, execution);
    const done = await probe(items, execution, handOn);
    const rounds = inRounds(
      items.filter((item) => !done.has(item)),
      orderingKey,
    );
    for (const round of rounds) {
      const groups = execution.callGroups(round);
      const options = { concurrency: CALL_CONCURRENCY };
      await pMap(groups, (group) => processCallGroup(group, execution, handOn), options);
    }
  };
}
