import { type Command, formatCursor } from './command.ts';
import { type QueueName, queueNames } from './dead-letter/message.ts';
import type { Invocation } from './invocation.ts';
import { logReport } from './log.ts';
import { countParked, parkedSource } from './park/bucket.ts';
import { keepPause } from './pause.ts';
import { type Processed, reprocess } from './pipeline.ts';
import { SeenIds } from './progress.ts';
import { queueSource } from './queue/queue.ts';
import type { Report } from './report.ts';

interface ProcessedQueue extends Processed {
  readonly name: QueueName;
  /** The command's seen ids, for the cursor. */
  readonly seen: string;
}

/** The queues of a command, without those that earlier invocations have finished. */
function queuesOf({ queue = 'all', cursor }: Command): QueueName[] {
  const named = queueNames.filter((name) => queue === 'all' || queue === name);
  return named.filter((name) => !cursor?.done.includes(name));
}

/** Where the next invocation continues; none if all queues are done, and none for the schedule, which starts over. */
function cursorAfter(
  { cursor, unattended }: Command,
  processed: readonly ProcessedQueue[],
): Pick<Report, 'cursor'> {
  const open = processed.filter(({ isDone }) => !isDone);
  if (open.length === 0 || unattended) return {};
  const done = processed.flatMap(({ name, isDone }) => (isDone ? [name] : []));
  const next = formatCursor({
    done: [...(cursor?.done ?? []), ...done],
    seen: Object.fromEntries(open.map(({ name, seen }) => [name, seen])),
  });
  return { cursor: next };
}

async function reprocessQueue(name: QueueName, invocation: Invocation): Promise<ProcessedQueue> {
  const seenIds = new SeenIds(invocation.command.cursor?.seen[name]);
  const processed = await reprocess(queueSource(name, invocation), seenIds, invocation);
  logReport(name, processed.report, invocation);
  return { ...processed, name, seen: seenIds.text() };
}

/** Reprocesses all queues at the same time. Rejects with the first error, once all have finished. */
async function reprocessQueues(invocation: Invocation): Promise<Partial<Report>> {
  const { command } = invocation;
  const names = queuesOf(command);
  const settled = await Promise.allSettled(names.map((name) => reprocessQueue(name, invocation)));
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  const processed = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const queues = Object.fromEntries(processed.map(({ name, report }) => [name, report]));
  return { queues, ...cursorAfter(command, processed) };
}

async function reprocessParked(invocation: Invocation): Promise<Partial<Report>> {
  const { cursor } = invocation.command;
  const source = parkedSource(invocation);
  const { report, isDone, after } = await reprocess(source, new SeenIds(), invocation);
  logReport(source.name, report, invocation);
  if (isDone) return { parked: report };
  return {
    parked: report,
    cursor: formatCursor({ done: [], seen: {}, after: after ?? cursor?.after }),
  };
}

async function getStatus(invocation: Invocation): Promise<Partial<Report>> {
  const { clients, config } = invocation;
  const bucket = { client: clients.s3, name: config.parkBucketName };
  const [queues, parked] = await Promise.all([reprocessQueues(invocation), countParked(bucket)]);
  return { ...queues, parked };
}

function execute(invocation: Invocation): Promise<Partial<Report>> {
  const { action, queue } = invocation.command;
  if (action === 'unpark' || queue === 'parked') return reprocessParked(invocation);
  return action === 'status' ? getStatus(invocation) : reprocessQueues(invocation);
}

/** Executes the invocation's command and reports what was done. Rejects with AWS's error. */
export async function executeCommand(invocation: Invocation): Promise<Report> {
  const { command, log } = invocation;
  const { action, dryRun } = command;
  const startedAt = Date.now();
  const pausedUntil = command.unattended ? await keepPause(invocation) : undefined;
  const executed = await execute({ ...invocation, pausedUntil });
  const durationMs = Date.now() - startedAt;
  log.info('command executed', { action, dryRun, durationMs });
  return { action, dryRun, ...executed, durationMs };
}
