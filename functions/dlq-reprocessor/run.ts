import type { Command } from './command.ts';
import { formatCursor } from './cursor.ts';
import type { Report } from './report.ts';
import { createRunQueues, type QueuesDependencies } from './run-queues.ts';
import type { Census } from './unpark/census.ts';
import type { Unpark } from './unpark/unpark.ts';

interface RunDependencies extends QueuesDependencies {
  readonly unpark: Unpark;
  readonly census: Census;
  /** Requests made to SQS until now. */
  readonly sqsCalls: () => number;
}

type Part = Pick<Report, 'queues' | 'parked' | 'cursor'>;

/** Carries out a command and answers what came of it. */
export function createRun({ unpark, census, sqsCalls, ...dependencies }: RunDependencies) {
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
    const callsBefore = sqsCalls();
    const part = await runPart(command);
    const { action, dryRun } = command;
    const made = { sqsCalls: sqsCalls() - callsBefore, durationMs: Date.now() - startedAt };
    dependencies.log.info('dead letters reprocessed', { action, dryRun, ...made });
    return { action, dryRun, ...part, ...made };
  };
}
