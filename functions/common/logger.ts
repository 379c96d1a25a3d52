import { Logger } from '@aws-lambda-powertools/logger';

/**
 * Lambda's log filter is never stricter than INFO (template.yaml), because it treats EMF metrics as INFO lines and would
 * drop them. Powertools would let the filter's level override the one configured for the logger.
 */
delete process.env['AWS_LAMBDA_LOG_LEVEL'];

/** The function's only logger. Writes JSON lines; Powertools' environment variables set service name and level. */
export const logger = new Logger();

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
