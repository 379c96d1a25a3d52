import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import { chunksOfTen, countMessages, openQueue } from '../local/demo/queues.ts';
import { simulatedOrg } from '../local/demo/salesforce.ts';
import { deployedFunctions } from '../local/faults/functions.ts';
import { poisonFaults, withSettings } from '../local/faults/salesforce-faults.ts';
import { localClient } from '../local/stack/aws.ts';
import type { Stack } from '../local/stack/stack-file.ts';
import { waitFor } from '../local/stack/wait.ts';
import { requestOf } from './events/requests.ts';
import { canariesIn, createByEventId, type PlannedEvent, planEvents } from './events/routes.ts';
import { createRandom } from './random.ts';

/** What a fault has cost the stack as it is deployed: with its own waits, attempts and calls of 200 records. */
interface Cost {
  readonly events: number;
  /** Of Salesforce's API while the fault lasts, and until all events have ended. */
  readonly calls: number;
  readonly callsAfterwards: number;
  /** Failed attempts that counted, of all messages. */
  readonly attempts: number;
  readonly deadLettered: number;
  /** From the end of the fault, or of sending, until all events had ended. */
  readonly seconds: number;
}

export interface Costs {
  readonly seed: number;
  readonly minutes: number;
  readonly outage: Cost;
  readonly poison: Cost;
}

const EVENTS_PER_SECOND = 10;

/** The circuit breaker stays open for five minutes at most. */
const TIMEOUT_MS = 600_000;

async function countAttempts(stack: Stack): Promise<number> {
  const client = new DynamoDBClient(localClient(stack.endpoint));
  const { environmentOf } = deployedFunctions(stack);
  const { IDEMPOTENCY_TABLE_NAME: TableName } = await environmentOf('SalesforceApiCallFunction');
  let sum = 0;
  for await (const { Items = [] } of paginateScan({ client }, { TableName }))
    for (const { attempts } of Items) sum += Number(attempts?.N ?? 0);
  return sum;
}

/** Does something with the stack that makes events end: in Salesforce, or as dead-letter messages. */
async function costOf(
  stack: Stack,
  events: readonly PlannedEvent[],
  work: (send: (some: readonly PlannedEvent[]) => Promise<unknown>) => Promise<unknown>,
): Promise<Cost> {
  const { endpoint, outputs, salesforce } = stack;
  const org = simulatedOrg(salesforce.url);
  const requests = openQueue(endpoint, outputs['ApiCallQueueUrl'] ?? '');
  const deadLetters = openQueue(endpoint, outputs['ApiCallDlqUrl'] ?? '');
  const count = async () => ({
    calls: (await org.calls()).filter(({ kind }) => kind === 'api').length,
    deadLettered: await countMessages(deadLetters),
    made: canariesIn(JSON.stringify(await org.records(createByEventId.object))).size,
    attempts: await countAttempts(stack),
  });
  const before = await count();
  await work((some) =>
    requests.send(some.map((event) => ({ body: JSON.stringify(requestOf(event, '')) }))),
  );
  const [during, endedAt] = [await count(), Date.now()];
  const after = await waitFor(
    'the end of all events',
    async () => {
      const now = await count();
      const ended = now.made - before.made + (now.deadLettered - before.deadLettered);
      return ended >= events.length ? now : undefined;
    },
    { timeoutMs: TIMEOUT_MS, intervalMs: 500 },
  );
  return {
    events: events.length,
    calls: during.calls - before.calls,
    callsAfterwards: after.calls - during.calls,
    attempts: after.attempts - before.attempts,
    deadLettered: after.deadLettered - before.deadLettered,
    seconds: (Date.now() - endedAt) / 1_000,
  };
}

/**
 * Measures an outage of Salesforce, which answers 503 while ten events arrive in each second, and then a poison record among
 * 1,000. All events are creates of an object with an event id field.
 */
export async function measureCosts(stack: Stack, seed: number, minutes: number): Promise<Costs> {
  const plan = (count: number, first: number): PlannedEvent[] =>
    planEvents({ seed, count, random: createRandom(seed), first }).map((one) => ({
      ...one,
      route: createByEventId,
    }));
  const load = plan(minutes * 60 * EVENTS_PER_SECOND, 0);
  const outage = await costOf(stack, load, (send) =>
    withSettings(stack.salesforce.url, { mood: 'busy' }, () =>
      pMap(chunksOfTen(load), (some) => Promise.all([send(some), delay(1_000)]), {
        concurrency: 1,
      }),
    ),
  );
  const events = plan(1_000, load.length).map(
    (one, index): PlannedEvent =>
      index === 500 ? { ...one, route: { ...one.route, poison: 'poison-unknown-exception' } } : one,
  );
  for (const fault of poisonFaults()) await simulatedOrg(stack.salesforce.url).addFault(fault);
  const poison = await costOf(stack, events, (send) => send(events));
  return { seed, minutes, outage, poison };
}

/** @returns what is wrong, in words; nothing where the stack has held. */
export const problemsOfCosts = ({ outage, poison }: Costs): string[] => [
  ...(outage.deadLettered === 0 ? [] : [`${outage.deadLettered} dead-lettered by the outage`]),
  ...(poison.deadLettered === 1 ? [] : [`${poison.deadLettered} dead-lettered by one record`]),
];
