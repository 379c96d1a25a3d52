import type { Context } from 'aws-lambda';
import { configFrom } from './config.ts';
import type { Report } from './report.ts';
import { awsClients, create } from './wiring.ts';

const reprocess = create(configFrom(process.env), awsClients());

/** Reprocesses dead-letter messages and spilled events: on a schedule, or by command. Returns a report. */
export const handler = (event: unknown, context: Context): Promise<Report> =>
  reprocess(event, () => context.getRemainingTimeInMillis());
