import { InvokeCommand, type LambdaClient, LambdaServiceException } from '@aws-sdk/client-lambda';
import type { Report } from '../../functions/dlq-reprocessor/report.ts';
import { type AwsErrorHandler, createAwsErrorHandler } from '../aws.ts';
import { parseFunctionError, parseReport } from './answer.ts';
import type { SliceCommand } from './command.ts';
import {
  BusyError,
  FunctionFailedError,
  RefusedCommandError,
  UnknownResultError,
} from './errors.ts';

/** One invocation of the reprocessor: one slice of the work. */
export type Invoke = (command: SliceCommand) => Promise<Report>;

export const handleAwsError: AwsErrorHandler = createAwsErrorHandler(
  'cloudformation:DescribeStacks on the stack and lambda:InvokeFunction on its reprocessor',
);

const isNamed = (error: unknown, pattern: RegExp): boolean =>
  error instanceof Error &&
  pattern.test(`${error.name} ${'code' in error ? String(error.code) : ''}`);

/** The request may have reached Lambda, and no answer came back. */
const unanswered = /TimeoutError|ECONNRESET|EPIPE|ETIMEDOUT|AbortError/;

function explain(error: unknown): never {
  if (isNamed(error, /TooManyRequestsException/)) throw new BusyError({ cause: error });
  if (isNamed(error, unanswered))
    throw new UnknownResultError('No answer came from the function', { cause: error });
  if (error instanceof LambdaServiceException && error.$fault === 'server')
    throw new UnknownResultError(`Lambda failed (${error.name})`, { cause: error });
  return handleAwsError(error);
}

/** Lambda's own words for a process that it ended, or that ended itself. */
const killed = /^(Sandbox\.Timedout|Runtime\.(ExitError|OutOfMemory))$/;

function failed(functionName: string, payload: string): Error {
  const { type, message } = parseFunctionError(payload);
  if (type === 'CommandError') return new RefusedCommandError(message);
  if (killed.test(type) || /timed out/i.test(message))
    return new UnknownResultError(`The function did not come to its end (${message})`);
  return new FunctionFailedError(functionName, `${type}: ${message}`);
}

const BUSY_TRIES = 5;

/** Lambda refused before it started anything: to ask again is safe. */
async function whileBusy<T>(act: () => Promise<T>, sleep: (ms: number) => Promise<unknown>) {
  for (let tries = 1; tries < BUSY_TRIES; tries += 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
      await sleep(1_000 * 2 ** (tries - 1));
    }
  }
  return act();
}

/** Invokes the deployed function and waits for its answer. Rejects with a CliError that says what to do. */
export function createInvoke(
  client: LambdaClient,
  functionName: string,
  sleep: (ms: number) => Promise<unknown>,
): Invoke {
  const send = (command: SliceCommand) =>
    client
      .send(new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(command) }))
      .catch(explain);
  return async (command) => {
    const { FunctionError, Payload } = await whileBusy(() => send(command), sleep);
    const text = Buffer.from(Payload ?? []).toString();
    if (FunctionError !== undefined) throw failed(functionName, text);
    return parseReport(text);
  };
}
