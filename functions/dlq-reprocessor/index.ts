import type { Context } from 'aws-lambda';
import { logger } from '#common/logger.ts';
import { parseCommand } from './command.ts';
import { type QueueName, queueNames } from './names.ts';
import type { QueueReport, Report } from './report.ts';
import { drainWithin, queues } from './wiring.ts';

/** Works off the dead-letter queues and the spill queue: on schedule, or by command. Answers what it did. */
export async function handler(event: unknown, context: Context): Promise<Report> {
  const startedAt = Date.now();
  const command = parseCommand(event);
  const drain = drainWithin(() => context.getRemainingTimeInMillis());
  const names = queueNames.filter(
    (name) => (command.queue ?? 'all') === 'all' || command.queue === name,
  );
  const reports: Partial<Record<QueueName, QueueReport>> = {};
  for (const name of names) reports[name] = await drain(name, queues[name], command);
  const { action, dryRun } = command;
  const durationMs = Date.now() - startedAt;
  const report = { action, dryRun, queues: reports, sqsCalls: 0, durationMs };
  logger.info('dead letters reprocessed', { report });
  return report;
}
