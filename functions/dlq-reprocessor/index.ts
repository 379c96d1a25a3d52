import type { Context } from 'aws-lambda';
import { logger } from '#common/logger.ts';
import { parseCommand } from './command.ts';
import type { Report } from './report.ts';
import { createRun } from './run.ts';
import { queues, toolsFor } from './wiring.ts';

/** Works off the dead-letter queues and the spill queue: on schedule, or by command. Answers what it did. */
export async function handler(event: unknown, context: Context): Promise<Report> {
  const command = parseCommand(event);
  const run = createRun({
    ...toolsFor(command, () => context.getRemainingTimeInMillis()),
    queues,
    log: logger,
  });
  return run(command);
}
