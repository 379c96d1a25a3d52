import type { Log } from '#common/logger.ts';
import { type Command, formatCursor } from './command.ts';
import { type QueueName, queueNames } from './names.ts';
import type { Census } from './park/list.ts';
import type { Unpark } from './park/unpark.ts';
import { createSeen, type Drain, type Drained } from './queue/drain.ts';
import type { DeadLetterQueue } from './queue/queue.ts';
import type { Report } from './report.ts';

export interface QueuesDependencies {
  readonly drain: Drain;
  readonly queues: Readonly<Record<QueueName, DeadLetterQueue>>;
  readonly log: Log;
}

interface Worked extends Drained {
  readonly name: QueueName;
  /** Marks of the letters that were seen and left. */
  readonly seen: string;
}

/** The queues that a command is about, without those that earlier slices have finished. */
function queuesOf({ queue = 'all', cursor }: Command): QueueName[] {
  const asked = queueNames.filter((name) => queue === 'all' || queue === name);
  return asked.filter((name) => !cursor?.done.includes(name));
}

/** Where to go on; none when every queue is done. Only commands that somebody repeats need it. */
function cursorOf(command: Command, worked: readonly Worked[]): Pick<Report, 'cursor'> {
  const open = worked.filter(({ isDone }) => !isDone);
  if (open.length === 0 || command.unattended) return {};
  const done = worked.flatMap(({ name, isDone }) => (isDone ? [name] : []));
  const cursor = formatCursor({
    done: [...(command.cursor?.done ?? []), ...done],
    seen: Object.fromEntries(open.map(({ name, seen }) => [name, seen])),
  });
  return { cursor };
}

/**
 * Works off all queues of a command at the same time: none waits for another, and none fails with another. Rejects
 * with the first error, when all have ended.
 */
export function createRunQueues({ drain, queues, log }: QueuesDependencies) {
  const drainOne = async (name: QueueName, command: Command): Promise<Worked> => {
    const seen = createSeen(command.cursor?.seen[name]);
    const drained = await drain({ name, queue: queues[name], command }, seen);
    const { letters: _letters, ...counts } = drained.report;
    log.info('queue worked off', { queue: name, action: command.action, ...counts });
    return { ...drained, name, seen: seen.text() };
  };

  return async (command: Command): Promise<Pick<Report, 'queues' | 'cursor'>> => {
    const names = queuesOf(command);
    const settled = await Promise.allSettled(names.map((name) => drainOne(name, command)));
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    const worked = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const reports = Object.fromEntries(worked.map(({ name, report }) => [name, report]));
    return { queues: reports, ...cursorOf(command, worked) };
  };
}

interface RunDependencies extends QueuesDependencies {
  readonly unpark: Unpark;
  readonly census: Census;
}

type Part = Pick<Report, 'queues' | 'parked' | 'cursor'>;

/** Carries out a command and answers what came of it. */
export function createRun({ unpark, census, ...dependencies }: RunDependencies) {
  const runQueues = createRunQueues(dependencies);

  const runUnpark = async (command: Command): Promise<Part> => {
    const { report, after } = await unpark(command);
    const { letters: _letters, ...counts } = report;
    dependencies.log.info('parked letters worked off', { action: command.action, ...counts });
    if (after === undefined) return { parked: report };
    return { parked: report, cursor: formatCursor({ done: [], seen: {}, after }) };
  };

  const runStatus = async (command: Command): Promise<Part> => {
    const [queues, parked] = await Promise.all([runQueues(command), census()]);
    return { ...queues, parked };
  };

  const runPart = (command: Command): Promise<Part> => {
    if (command.action === 'unpark') return runUnpark(command);
    return command.action === 'status' ? runStatus(command) : runQueues(command);
  };

  return async (command: Command): Promise<Report> => {
    const startedAt = Date.now();
    const part = await runPart(command);
    const { action, dryRun } = command;
    const durationMs = Date.now() - startedAt;
    dependencies.log.info('dead letters reprocessed', { action, dryRun, durationMs });
    return { action, dryRun, ...part, durationMs };
  };
}
