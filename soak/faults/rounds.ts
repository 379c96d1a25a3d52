import { setTimeout as delay } from 'node:timers/promises';
import { countMessages, openQueue } from '../../local/demo/queues.ts';
import { planSalesforceFaults, poisonFaults } from '../../local/faults/salesforce-faults.ts';
import { StackError } from '../../local/stack/errors.ts';
import { requireRunning } from '../../local/stack/run-state.ts';
import { waitFor } from '../../local/stack/wait.ts';
import type { PlannedEvent } from '../events/routes.ts';
import type { SentEvent } from '../events/send.ts';
import type { Harness } from '../harness.ts';
import { startBreakerClock, startKills, startQueueFaults } from './background.ts';
import { deployment, type Incident, incidents } from './incidents.ts';
import { addOrgFaults, endOrgFaults, isUnplayed } from './org-faults.ts';

/** Events that arrive while the same incidents happen. */
const EVENTS_PER_ROUND = 500;
/** Of mappings alone: these have almost been handled before others are sent, so that processes die in the middle of them. */
const EXECUTIONS_PER_ROUND = 100;
const FEW_MESSAGES = 10;
const ROUND_MS = 20_000;
const MIN_ROUNDS = 2;
const MIN_INCIDENTS_PER_ROUND = 4;
const MAX_PAUSE_MS = 700;

/** Salesforce faults are planned for half of the events: a call that fails takes up to 20 of them with it. */
const CALL_SHARE = 0.5;
/** Of mappings alone: a find that fails takes up to 200 executions with it. */
const CALL_SHARE_OF_MAPPINGS = 0.05;

/** Beyond the planned events, until every fault has been played: a fault that does not happen proves nothing. */
const EXTRA_EVENTS = 40;
const MAX_EXTRA_ROUNDS = 40;

interface Traffic {
  readonly seed: number;
  readonly events: readonly PlannedEvent[];
  /** More events, from a number on. */
  readonly plan: (count: number, first: number) => readonly PlannedEvent[];
  readonly onlyMappings: boolean;
  readonly send: (events: readonly PlannedEvent[]) => Promise<SentEvent[]>;
  /** Invokes the reprocessor as its schedule would. */
  readonly reprocess: () => Promise<unknown>;
  /** Whether the stack is deployed again once, in the middle. */
  readonly redeploys: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** Incidents in an order that the seed chooses, over and over; each of them at least once in all rounds. */
function incidentsByRound(
  harness: Harness,
  rounds: number,
  onlyMappings: boolean,
): (round: number) => Incident[] {
  const all = incidents(harness, onlyMappings);
  const perRound = Math.max(MIN_INCIDENTS_PER_ROUND, Math.ceil(all.length / rounds));
  const order = all
    .map((incident, index) => ({ incident, at: harness.random.below(2 ** 32, 'incident', index) }))
    .sort((one, other) => one.at - other.at)
    .map(({ incident }) => incident);
  return (round) =>
    Array.from(
      { length: perRound },
      (_, index) => (round * perRound + index) % order.length,
    ).flatMap((at) => order.slice(at, at + 1));
}

/** One incident after another, at moments that the seed chooses. */
async function playIncidents(
  { counter, random }: Harness,
  some: readonly Incident[],
  round: number,
): Promise<void> {
  for (const [index, { hop, name, play }] of some.entries()) {
    await delay(random.below(MAX_PAUSE_MS, 'pause', round, index));
    if (await play()) counter.add(hop, name);
  }
}

/** Waits until most messages have been handled: what is sent next meets the deaths that are still to come. */
async function waitForFewMessages({ stack }: Harness): Promise<void> {
  const queue = openQueue(stack.endpoint, stack.outputs['ApiCallQueueUrl'] ?? '');
  const areFew = async (): Promise<true | undefined> =>
    (await countMessages(queue)) <= FEW_MESSAGES || undefined;
  await waitFor('few messages', areFew, { timeoutMs: ROUND_MS, intervalMs: 200 }).catch(
    (error: unknown) => {
      if (!(error instanceof StackError)) throw error;
    },
  );
}

async function sendRounds(harness: Harness, traffic: Traffic, sent: SentEvent[]): Promise<void> {
  const { events, onlyMappings, onProgress, redeploys, reprocess, send, signal } = traffic;
  const perRound = onlyMappings ? EXECUTIONS_PER_ROUND : EVENTS_PER_ROUND;
  const rounds = Math.max(MIN_ROUNDS, Math.ceil(events.length / perRound));
  const size = Math.ceil(events.length / rounds);
  const incidentsOf = incidentsByRound(harness, rounds, onlyMappings);
  for (let round = 0; round < rounds; round += 1) {
    if (signal.aborted) throw new StackError('Interrupted.');
    await requireRunning();
    const some = events.slice(round * size, (round + 1) * size);
    const isMiddle = redeploys && round === Math.floor(rounds / 2);
    const happening = [...incidentsOf(round), ...(isMiddle ? [deployment(harness)] : [])];
    const [answered] = await Promise.all([
      send(some),
      playIncidents(harness, happening, round),
      reprocess(),
    ]);
    sent.push(...answered);
    if (onlyMappings) await waitForFewMessages(harness);
    await harness.observer.filter(() => false);
    harness.forgetCalls();
    onProgress(`${sent.length} of ${events.length} events sent`);
  }
}

const needsNoRecord = ({ route }: PlannedEvent): boolean =>
  route.request !== 'update' && route.request !== 'delete';

/** Sends more events until the org has played every fault. */
async function sendUntilPlayed(harness: Harness, traffic: Traffic, sent: SentEvent[]) {
  const { events, onProgress, plan, reprocess, send, signal } = traffic;
  for (let round = 0; round < MAX_EXTRA_ROUNDS && !signal.aborted; round += 1) {
    const open = (await harness.org.faults()).filter(isUnplayed);
    if (open.length === 0) return;
    onProgress(`${open.length} faults of Salesforce are still to be played: sending more events`);
    // A new login, for the faults that logins meet.
    await harness.org.expireTokens();
    const first = events.length + round * EXTRA_EVENTS;
    const more = plan(EXTRA_EVENTS, first).filter(needsNoRecord);
    const [answered] = await Promise.all([send(more), reprocess()]);
    sent.push(...answered);
  }
}

/** Executions of several steps leave the queue slowly: more copies of them than this would soon be most of what is in it. */
const queueFaultMs = ({ onlyMappings }: Traffic): number => (onlyMappings ? 2_000 : 300);

/** Sends all events, round after round, into a stack that fails at every hop. */
export async function sendThroughFaults(
  harness: Harness,
  traffic: Traffic,
): Promise<{
  readonly sent: readonly SentEvent[];
  /** Faults of Salesforce that were planned and not played. */
  readonly unplayed: readonly string[];
}> {
  const { events, seed } = traffic;
  await addOrgFaults(harness, poisonFaults());
  const share = traffic.onlyMappings ? CALL_SHARE_OF_MAPPINGS : CALL_SHARE;
  await addOrgFaults(harness, planSalesforceFaults(seed, Math.ceil(share * events.length)));
  harness.failAws();
  const stops = [
    startQueueFaults(harness, queueFaultMs(traffic)),
    startBreakerClock(harness),
    ...(traffic.onlyMappings ? [startKills(harness)] : []),
  ];
  const sent: SentEvent[] = [];
  try {
    await sendRounds(harness, traffic, sent);
    // Some faults are about requests that no mapping makes.
    if (!traffic.onlyMappings) await sendUntilPlayed(harness, traffic, sent);
  } finally {
    for (const stop of stops) await stop();
    harness.healAws();
  }
  const unplayed = await endOrgFaults(harness);
  return { sent, unplayed: unplayed.map(({ name = '' }) => name) };
}
