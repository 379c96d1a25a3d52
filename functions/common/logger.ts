import { Logger } from '@aws-lambda-powertools/logger';

/**
 * Lambda's own filter stays at INFO at the most (template.yaml): it takes metrics for lines of that level, and would
 * drop them. Powertools would take the filter's level for the one that was asked for.
 */
delete process.env['AWS_LAMBDA_LOG_LEVEL'];

/** The function's one logger: JSON lines; service name and level come from Powertools' environment variables. */
export const logger = new Logger();

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
