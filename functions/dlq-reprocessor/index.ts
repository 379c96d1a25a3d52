import type { Context } from 'aws-lambda';
import { logger } from '#common/logger.ts';
import { parseCommand, queueNames } from './command.ts';
import type { Report } from './report.ts';
import { drainWithin, queues } from './wiring.ts';

/** Works off the dead-letter queues and the spill queue: on schedule, or by command. Answers what it did. */
export async function handler(event: unknown, context: Context): Promise<Report> {
  const startedAt = Date.now();
  const command = parseCommand(event);
  const drain = drainWithin(() => context.getRemainingTimeInMillis());
  const names = queueNames.filter((name) => command.queue === 'all' || command.queue === name);
  const reports: Report['queues'] = {};
  for (const name of names) reports[name] = await drain(name, queues[name], command);
  const report = { action: command.action, queues: reports, durationMs: Date.now() - startedAt };
  logger.info('dead letters reprocessed', { report });
  return report;
}
