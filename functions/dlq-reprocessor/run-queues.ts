import type { Log } from '#common/logger.ts';
import type { Command } from './command.ts';
import { formatCursor } from './cursor.ts';
import type { Drain, Drained } from './drain/drain.ts';
import { createSeen } from './drain/seen.ts';
import { type QueueName, queueNames } from './names.ts';
import type { DeadLetterQueue } from './queue/dead-letter-queue.ts';
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
