import pLimit from 'p-limit';
import { canRepeat } from './coalesce/single.ts';
import { RequestError } from './errors.ts';
import type { CallResult, Execution } from './execute.ts';
import { confirmCreates } from './idempotency/confirm.ts';
import type { Guard, Permit } from './idempotency/guard.ts';
import { classifyError, contractCodeOf } from './outcome/classify.ts';
import type { Outcome } from './outcome/failure-class.ts';
import type { IncomingRequest } from './request/parse.ts';
import type { ResolvedRequest } from './resolve.ts';
import { notStarted, type RequestResult, rejected } from './result.ts';

/** A valid request, and the request as it came in, by which its result is handed on. */
export interface Item extends ResolvedRequest {
  readonly incoming: IncomingRequest;
}

type Permitted = Item & { readonly kind: 'permitted'; readonly permit: Permit };

type Processed = readonly [Item, RequestResult];

export type HandOn = (processed: readonly Processed[]) => Promise<void>;

/** Requests to the idempotency table that are in flight at the same time. */
const TABLE_CONCURRENCY = 50;

const toResult = (one: ResolvedRequest, outcome: Outcome) => ({
  kind: 'finished' as const,
  code: contractCodeOf(outcome),
  request: one.original,
  outcome,
  ...(one.effect === undefined ? {} : { effect: one.effect }),
});

/** Rejects with a RequestError if the guard rejects the key, or with the error of its table. */
async function askGuard(
  item: Item,
  guard: Guard,
  { remainingMs, neededMs }: Execution,
): Promise<Permitted | RequestResult> {
  const time = { remainingMs, reserveMs: neededMs };
  const notMade = item.incoming.notMade?.[item.effect?.effectId ?? ''];
  const decision = await guard(item.effect, time, { canRepeat: canRepeat(item), notMade });
  if (decision.kind === 'known') return toResult(item, decision.outcome);
  return decision.kind === 'wait' ? decision : { ...item, kind: 'permitted', permit: decision };
}

async function requestPermit(
  item: Item,
  guard: Guard,
  execution: Execution,
): Promise<Permitted | RequestResult> {
  const waitSeconds = execution.breaker.waitSeconds(item.request);
  if (waitSeconds !== undefined) return { kind: 'wait', waitSeconds };
  if (!execution.hasTime()) return notStarted;
  try {
    return await askGuard(item, guard, execution);
  } catch (error) {
    // No call was made.
    if (error instanceof RequestError) return { ...rejected(error), request: item.original };
    return toResult(item, classifyError(error, true));
  }
}

/** @param called absent if no call was made. */
async function close(
  item: Permitted,
  called: CallResult | undefined,
  execution: Execution,
): Promise<RequestResult> {
  const until = await item.permit.close(called?.outcome, execution.remainingMs);
  const notMade =
    item.effect && until !== undefined ? { [item.effect.effectId]: until } : undefined;
  const carried = { callSize: execution.callSizeOf(item.request), notMade };
  if (called === undefined) {
    const held = execution.breaker.waitSeconds(item.request);
    return held === undefined
      ? { kind: 'not-started', ...carried }
      : { kind: 'wait', waitSeconds: held, ...carried };
  }
  const { opensBreaker, ...call } = called;
  const result = { ...call, ...toResult(item, called.outcome), ...carried };
  const waitSeconds = opensBreaker ? execution.breaker.openSeconds() : undefined;
  return waitSeconds === undefined ? result : { ...result, kind: 'breaker-opened', waitSeconds };
}

/**
 * Makes the requests of one API call, a create at most once. Its idempotency record is written right before the call and
 * closed right after it: if the Lambda process dies, only creates with an open record have an unknown outcome, those of five
 * calls at most. The results are handed on call by call.
 */
export function createCallGroupProcess(guard: Guard) {
  const limit = pLimit(TABLE_CONCURRENCY);

  return async (items: readonly Item[], execution: Execution, handOn: HandOn): Promise<void> => {
    const closeAll = (
      called: Iterable<readonly [Permitted, CallResult | undefined]>,
    ): Promise<Processed[]> =>
      limit.map(called, async ([item, result]) => [item, await close(item, result, execution)]);

    const asked = await limit.map(
      items,
      async (item) => [item, await requestPermit(item, guard, execution)] as const,
    );
    const permitted = asked.flatMap(([, one]) => (one.kind === 'permitted' ? [one] : []));
    await handOn(
      asked.flatMap(([item, one]): Processed[] => (one.kind === 'permitted' ? [] : [[item, one]])),
    );
    const notCalled = new Set(permitted);
    await execution.run(permitted, (called) => {
      for (const item of called.keys()) notCalled.delete(item);
      return confirmCreates(called, execution).then(closeAll).then(handOn);
    });
    await handOn(await closeAll([...notCalled].map((item) => [item, undefined])));
  };
}
