import type { Log } from '#common/logger.ts';
import type { Command } from './command.ts';
import { formatCursor } from './cursor.ts';
import type { Drain, Drained } from './drain/drain.ts';
import { createSeen } from './drain/seen.ts';
import { type QueueName, queueNames } from './names.ts';
import type { DeadLetterQueue } from './queue/dead-letter-queue.ts';
import type { QueueReport, Report } from './report.ts';

interface RunDependencies {
  readonly drain: Drain;
  readonly queues: Readonly<Record<QueueName, DeadLetterQueue>>;
  readonly sqsCalls: () => number;
  readonly log: Log;
}

interface Errands extends Drained {
  readonly name: QueueName;
  readonly seen: string;
}

/** The queues that a command is about, without those that earlier slices have finished. */
function queuesOf({ queue = 'all', cursor }: Command): QueueName[] {
  const asked = queueNames.filter((name) => queue === 'all' || queue === name);
  return asked.filter((name) => !cursor?.done.includes(name));
}

/** Where to go on; none when every queue is done. Only commands that somebody repeats need it. */
function cursorOf(command: Command, slices: readonly Errands[]): { cursor?: string } {
  const open = slices.filter(({ isDone }) => !isDone);
  if (open.length === 0 || command.unattended) return {};
  const done = slices.flatMap(({ name, isDone }) => (isDone ? [name] : []));
  const cursor = formatCursor({
    done: [...(command.cursor?.done ?? []), ...done],
    seen: Object.fromEntries(open.map(({ name, seen }) => [name, seen])),
  });
  return { cursor };
}

/** The report without its letters: what a log line may hold. */
const withoutLetters = (queues: Readonly<Partial<Record<QueueName, QueueReport>>>) =>
  Object.fromEntries(
    Object.entries(queues).map(([name, { letters: _letters, ...counts }]) => [name, counts]),
  );

/** Carries out a command: all queues at the same time, none waits for another and none fails with another. */
export function createRun({ drain, queues, sqsCalls, log }: RunDependencies) {
  const drainOne = async (name: QueueName, command: Command): Promise<Errands> => {
    const seen = createSeen(command.cursor?.seen[name]);
    const drained = await drain({ name, queue: queues[name], command }, seen);
    return { ...drained, name, seen: seen.text() };
  };

  return async (command: Command): Promise<Report> => {
    const startedAt = Date.now();
    const callsBefore = sqsCalls();
    const settled = await Promise.allSettled(
      queuesOf(command).map((name) => drainOne(name, command)),
    );
    const slices = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const reports = Object.fromEntries(slices.map(({ name, report }) => [name, report]));
    const { action, dryRun } = command;
    const report: Report = {
      action,
      dryRun,
      queues: reports,
      sqsCalls: sqsCalls() - callsBefore,
      durationMs: Date.now() - startedAt,
      ...cursorOf(command, slices),
    };
    const { cursor: _cursor, ...logged } = report;
    log.info('dead letters reprocessed', { ...logged, queues: withoutLetters(reports) });
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    return report;
  };
}
