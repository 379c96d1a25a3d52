import type { Context } from 'aws-lambda';
import type { Report } from './report.ts';
import { awsClients, configFromEnvironment, create } from './wiring.ts';

const reprocess = create(configFromEnvironment(), awsClients());

/** Reprocesses dead-letter messages and spilled events: on a schedule, or by command. Returns a report. */
export const handler = (event: unknown, context: Context): Promise<Report> =>
  reprocess(event, () => context.getRemainingTimeInMillis());
