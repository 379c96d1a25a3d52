import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createGuard } from '../../../../functions/salesforce-apicall/idempotency/guard.ts';
import { toIncomingRequest } from '../../../../functions/salesforce-apicall/request/parse.ts';
import type {
  ApiResponse,
  Call,
} from '../../../../functions/salesforce-apicall/salesforce/client.ts';
import { playCollections } from '../collections-harness.ts';
import { isResult, processAround } from '../harness.ts';

/** A table that takes its time, and counts how many of its calls are open at the same time. */
function slowTable(latencyMs: number) {
  let open = 0;
  const seen = { most: 0, claims: 0, completed: 0, released: 0, signals: [] as AbortSignal[] };
  const take = async (abortSignal: AbortSignal): Promise<void> => {
    open += 1;
    seen.most = Math.max(seen.most, open);
    seen.signals.push(abortSignal);
    await delay(latencyMs);
    open -= 1;
  };
  const table: Parameters<typeof createGuard>[0] = {
    read: async (_effect, { abortSignal }) => {
      await take(abortSignal);
      return undefined;
    },
    putCompleted: async (_effect, _outcome, { abortSignal }) => take(abortSignal),
    inProgressUntil: () => '1',
    saveInProgress: async (_effect, _until, { abortSignal }) => {
      seen.claims += 1;
      await take(abortSignal);
      return { state: 'saved' };
    },
    saveCompleted: async (_id, _outcome, { abortSignal }) => {
      seen.completed += 1;
      await take(abortSignal);
    },
    deleteInProgress: async (_id, _until, { abortSignal }) => {
      seen.released += 1;
      await take(abortSignal);
    },
  };
  return { seen, table };
}

const created: ApiResponse = {
  status: 201,
  body: { id: '003', success: true, errors: [] },
  headers: {},
};

const requests = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    toIncomingRequest(
      { action: 'POST', resource: 'sobjects', object: 'Contact', payload: { LastName: 'N' } },
      { id: `message-${index}`, source: 'queue' },
    ),
  );

function scene(latencyMs = 1) {
  const { seen, table } = slowTable(latencyMs);
  const calls: Call[] = [];
  const answer = playCollections(() => created);
  const process = processAround({
    callSalesforce: async (call) => {
      calls.push(call);
      return answer(call);
    },
    guard: createGuard(table, () => undefined),
    callTimeoutMs: 1_000,
  });
  return { calls, process, seen };
}

describe('1,000 guarded creates in one batch', () => {
  it('ask the table at most 50 at a time, once before and once after five API calls', async () => {
    const { calls, process, seen } = scene();
    const results = await process(requests(1_000), () => 60_000);
    expect(results.filter(isResult)).toHaveLength(1_000);
    expect(seen).toMatchObject({ most: 50, claims: 1_000, completed: 1_000, released: 0 });
    expect(calls).toHaveLength(5);
  });

  it('claim nothing once there is no time left for a call', async () => {
    const { calls, process, seen } = scene();
    let checks = 0;
    // The time runs out while the first hundred are being claimed.
    const remainingMs = (): number => {
      checks += 1;
      return checks > 200 ? 2_400 : 60_000;
    };
    const results = await process(requests(1_000), remainingMs);
    expect(results.filter(({ kind }) => kind !== 'not-started')).toEqual([]);
    expect(seen.claims).toBeLessThanOrEqual(200);
    expect([seen.released, calls]).toEqual([seen.claims, []]);
  });

  it('bound every call of the table by the time that is left', async () => {
    const { process, seen } = scene(600);
    let remaining = 3_000;
    await process(requests(1), () => {
      remaining -= 10;
      return remaining;
    });
    // 2.5 s are kept for the call: its claim had the least that a call of the table gets.
    expect(seen.signals[0]?.aborted).toBe(true);
    expect(seen.signals[1]?.aborted).toBe(false);
  });
});
