import { countMessages, openQueue } from '../local/demo/queues.ts';
import { StackError } from '../local/stack/errors.ts';
import type { Stack } from '../local/stack/stack-file.ts';
import { waitFor } from '../local/stack/wait.ts';
import type { Searched } from './canaries/search.ts';
import { type Responses, searchCanaries } from './canaries/sources.ts';
import { makeExistingRecords } from './events/existing-records.ts';
import { executions, type PlannedEvent, planEvents, routes } from './events/routes.ts';
import { createSender } from './events/send.ts';
import { countLastingFaults } from './faults/org-faults.ts';
import { sendThroughFaults } from './faults/rounds.ts';
import { type Forged, forge } from './forgeries/forge.ts';
import { createHarness, type Harness, type PlayedFault } from './harness.ts';
import { readFacts } from './reconcile/facts.ts';
import { type Reconciliation, reconcile } from './reconcile/reconcile.ts';

export interface SoakOptions {
  readonly seed: number;
  readonly events: number;
  readonly forgeries: number;
  /** Of a dead-letter message. What can only fail ends after them, so that a run takes longer with more. */
  readonly maxRedrives: number;
  /** Whether the stack is deployed again in the middle. */
  readonly redeploys: boolean;
  /** Only mappings of several steps, in the middle of which processes are killed all the time. */
  readonly onlyMappings?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

export interface SoakResult {
  /** Those that were asked for, and those that were sent until every fault had been played. */
  readonly events: number;
  readonly reconciliation: Reconciliation;
  readonly played: readonly PlayedFault[];
  readonly unplayed: readonly string[];
  /** Messages that are in a queue at the end, by queue. */
  readonly waiting: Readonly<Record<string, number>>;
  /** Events that their sender had to send again before they were accepted. */
  readonly resent: number;
  readonly forged: Forged;
  readonly canaries: readonly Searched[];
  readonly apiCalls: number;
  /** Executions that an invocation went on with where another one had stopped. */
  readonly resumed: number;
}

/** What the stack may take to process everything, at the very most. */
const DRAIN_MS = { fixed: 180_000, perEvent: 60 };

const QUEUES = ['ApiCallQueueUrl', 'ApiCallDlqUrl', 'RuleDlqUrl', 'SpillQueueUrl'] as const;

/** Looks at empty queues in a row: a message may be on its way from one to another. */
const EMPTY_LOOKS = 2;

/** Messages in each queue, hidden ones too. */
async function waitingMessages({ endpoint, outputs }: Stack): Promise<Record<string, number>> {
  const counts = QUEUES.map(
    async (key): Promise<[string, number]> => [
      key.replace(/Url$/, ''),
      await countMessages(openQueue(endpoint, outputs[key] ?? '')),
    ],
  );
  return Object.fromEntries(await Promise.all(counts));
}

/** Invokes the reprocessor until the queues are empty, or too much time has passed. */
async function drain(
  { intercepted, stack }: Harness,
  reprocess: () => Promise<unknown>,
  timeoutMs: number,
): Promise<Record<string, number>> {
  let looks = 0;
  const isEmpty = async (): Promise<true | undefined> => {
    await intercepted.apicall.closeCircuitBreaker();
    await reprocess();
    const counts = Object.values(await waitingMessages(stack));
    looks = counts.every((count) => count === 0) ? looks + 1 : 0;
    return looks >= EMPTY_LOOKS ? true : undefined;
  };
  // A message that still waits is reported, and its event is lost unless it has been applied.
  await waitFor('empty queues', isEmpty, { timeoutMs, intervalMs: 400 }).catch((error: unknown) => {
    if (!(error instanceof StackError)) throw error;
  });
  return waitingMessages(stack);
}

function collectResponses() {
  const responses = { webhooks: [] as string[], replies: [] as string[], reports: [] as string[] };
  return {
    responses: responses satisfies Responses,
    onResponse: ({ key, route }: PlannedEvent, text: string): void => {
      if (route.by === 'http') responses.replies.push(`${key} ${text}`);
      else responses.webhooks.push(text);
    },
    onReport: (report: unknown): void => {
      responses.reports.push(JSON.stringify(report ?? null));
    },
  };
}

async function sendAll(
  harness: Harness,
  options: SoakOptions,
  { onReport, onResponse }: ReturnType<typeof collectResponses>,
) {
  const { onProgress, onlyMappings = false, seed } = options;
  const plan = (count: number, first: number): PlannedEvent[] =>
    planEvents({
      seed,
      count,
      random: harness.random,
      first,
      among: onlyMappings ? executions : routes,
    });
  const events = plan(options.events, 0);
  onProgress('Making the records to update and delete');
  const recordIds = await makeExistingRecords(harness.stack, events);
  const reprocess = async (): Promise<void> => {
    const command = { unattended: true, ratePerSecond: 500 };
    onReport(await harness.reprocess(command).catch(() => undefined));
  };
  const send = createSender(harness.stack, {
    secrets: () => harness.secrets.current,
    recordIds,
    onResponse,
  });
  const { sent, unplayed } = await sendThroughFaults(harness, {
    ...options,
    onlyMappings,
    events,
    plan,
    send,
    reprocess,
  });
  onProgress('All faults have ended: waiting for empty queues');
  const timeoutMs = DRAIN_MS.fixed + DRAIN_MS.perEvent * sent.length;
  const waiting = await drain(harness, reprocess, timeoutMs);
  return { sent, unplayed, waiting, recordIds };
}

/** Sends events through a running stack that fails at every hop, ends all faults, and counts what became of each event. */
export async function soak(stack: Stack, options: SoakOptions): Promise<SoakResult> {
  const { forgeries, onProgress, seed } = options;
  const harness = await createHarness(stack, seed, options.maxRedrives);
  const collected = collectResponses();
  try {
    const { sent, unplayed, waiting, recordIds } = await sendAll(harness, options, collected);
    await countLastingFaults(harness);
    const reconciliation = reconcile(sent, await readFacts(stack, seed, recordIds));
    harness.forgetCalls();
    const resumed = harness.resumptions.count();
    onProgress('Sending forged and malformed requests');
    const forged = await forge(harness, seed, forgeries);
    onProgress('Searching everything that the stack has written for secrets and message contents');
    const canaries = await searchCanaries(harness, seed, sent, collected.responses);
    const calls = await harness.org.calls();
    return {
      events: sent.length,
      reconciliation,
      played: harness.counter.rows(),
      unplayed,
      waiting,
      resent: sent.filter(({ tries }) => tries > 1).length,
      forged,
      canaries,
      apiCalls: calls.filter(({ kind }) => kind === 'api').length,
      resumed,
    };
  } finally {
    await harness.restore();
  }
}

/** @returns what is wrong, in words; nothing where the stack has held. */
export function problemsOf({
  canaries,
  forged,
  reconciliation: { appliedTwice, contradictory, lost, misplaced, unexplained },
  waiting,
}: SoakResult): string[] {
  const stuck = Object.values(waiting).reduce((sum, one) => sum + one, 0);
  const found = canaries.reduce((sum, { secrets, contents }) => sum + secrets + contents, 0);
  const counts: [number, string][] = [
    [lost.length, 'lost'],
    [appliedTwice.length, 'applied twice'],
    [unexplained.length, 'parked for a reason that is not their own'],
    [misplaced.length, 'that can only fail, and are not exactly one parked message'],
    [contradictory.length, 'executions whose steps contradict each other'],
    [stuck, 'still waiting in a queue'],
    [found, 'secrets or message contents where they must not be'],
    [forged.accepted, 'forged requests accepted'],
    [forged.errors, 'forged requests answered 5xx'],
  ];
  return counts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
}
