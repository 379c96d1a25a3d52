import type { PlannedRequest } from '../../coalesce/single.ts';
import type { Execution } from '../../execute.ts';
import { contractCodeOf } from '../../outcome/classify.ts';
import type { ApiCallRequest } from '../../request/schema.ts';
import { notStarted, type RequestResult } from '../../result.ts';

/** Reads in as few calls as possible: five queries in one. One result for each request, in order. Never rejects. */
export type LookUp = (requests: readonly ApiCallRequest[]) => Promise<readonly RequestResult[]>;

interface Item extends PlannedRequest {
  readonly isLookup: true;
}

async function run(
  items: readonly Item[],
  execution: Execution,
  results: Map<Item, RequestResult>,
) {
  await execution.run(items, async (called) => {
    for (const [item, { opensBreaker, ...call }] of called) {
      const result = { ...call, code: contractCodeOf(call.outcome), request: item.request };
      const waitSeconds = opensBreaker ? execution.breaker.openSeconds() : undefined;
      results.set(
        item,
        waitSeconds === undefined
          ? { kind: 'finished', ...result }
          : { kind: 'breaker-opened', ...result, waitSeconds },
      );
    }
  });
}

/** Reads for mappings, through the same planner, circuit breaker and classification as requests. */
export const createLookUp =
  (execution: Execution): LookUp =>
  async (requests) => {
    const items = requests.map((request): Item => ({ request, isLookup: true }));
    const results = new Map<Item, RequestResult>();
    const [first, ...others] = items;
    if (first !== undefined && (await execution.breaker.isProbe(first.request))) {
      await run([first], execution, results);
      if (results.size > 0) await execution.breaker.close();
      await run(others, execution, results);
    } else await run(items, execution, results);
    return items.map((item) => {
      const waitSeconds = execution.breaker.waitSeconds(item.request);
      const held = waitSeconds === undefined ? notStarted : { kind: 'wait' as const, waitSeconds };
      return results.get(item) ?? held;
    });
  };
