import { Logger } from '@aws-lambda-powertools/logger';

/** The function's one logger: JSON lines; service name and level come from Powertools' environment variables. */
export const logger = new Logger();

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
