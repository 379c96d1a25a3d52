import { InvokeCommand, type LambdaClient, LambdaServiceException } from '@aws-sdk/client-lambda';
import { type Report, reportSchema } from '../../functions/dlq-reprocessor/report.ts';
import { type AwsErrorHandler, createAwsErrorHandler } from '../aws.ts';
import type { PageCommand } from './command.ts';
import {
  CommandRejectedError,
  FunctionFailedError,
  ThrottledError,
  UnknownResultError,
  VersionMismatchError,
} from './errors.ts';
import type { Suggest } from './suggest.ts';

/** Invokes the reprocessor for one page of messages. */
export type Invoke = (command: PageCommand) => Promise<Report>;

export const handleAwsError: AwsErrorHandler = createAwsErrorHandler(
  'cloudformation:DescribeStacks on the stack and lambda:InvokeFunction on its reprocessor',
);

/** The request may have reached Lambda, but no response came. */
const NO_RESPONSE = /TimeoutError|ECONNRESET|EPIPE|ETIMEDOUT|AbortError/;

function handleInvokeError(error: unknown, suggest: Suggest): never {
  const { name, code } = Object(error);
  const names = `${name} ${code ?? ''}`;
  if (/TooManyRequestsException/.test(names)) throw new ThrottledError({ cause: error });
  if (NO_RESPONSE.test(names))
    throw new UnknownResultError('The function did not respond', suggest, { cause: error });
  if (error instanceof LambdaServiceException && error.$fault === 'server')
    throw new UnknownResultError(`Lambda failed (${error.name})`, suggest, { cause: error });
  return handleAwsError(error);
}

const parseJson = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

/** Lambda's error types for a process that it killed or that exited. */
const PROCESS_ENDED = /^(Sandbox\.Timedout|Runtime\.(ExitError|OutOfMemory))$/;

/** The error for the payload of a function that threw (Lambda Developer Guide, "Lambda function errors"). */
function functionError(functionName: string, payload: string, suggest: Suggest): Error {
  const { errorType, errorMessage } = Object(parseJson(payload));
  const type = String(errorType ?? 'Error');
  const message = String(errorMessage ?? 'no reason given');
  if (type === 'CommandError') return new CommandRejectedError(message);
  if (PROCESS_ENDED.test(type) || /timed out/i.test(message))
    return new UnknownResultError(`The function did not finish (${message})`, suggest);
  return new FunctionFailedError(functionName, `${type}: ${message}`, suggest);
}

function parseReport(json: string): Report {
  const parsed = reportSchema.safeParse(parseJson(json));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join('.') || 'the whole report');
  throw new VersionMismatchError(fields);
}

const MAX_ATTEMPTS = 5;

type Sleep = (ms: number) => Promise<unknown>;

/** Retries a throttled invocation with exponential back-off, which is safe: Lambda has started nothing. */
async function retryThrottled<Output>(send: () => Promise<Output>, sleep: Sleep): Promise<Output> {
  for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof ThrottledError)) throw error;
      await sleep(1_000 * 2 ** (attempt - 1));
    }
  }
  return send();
}

/** Creates the function that invokes the reprocessor and waits for its report. It rejects with a CliError. */
export function createInvoke(
  client: LambdaClient,
  functionName: string,
  sleep: Sleep,
  suggest: Suggest,
): Invoke {
  const send = (command: PageCommand) =>
    client
      .send(new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(command) }))
      .catch((error: unknown) => handleInvokeError(error, suggest));
  return async (command) => {
    const { FunctionError, Payload } = await retryThrottled(() => send(command), sleep);
    const text = Buffer.from(Payload ?? []).toString();
    if (FunctionError !== undefined) throw functionError(functionName, text, suggest);
    return parseReport(text);
  };
}
