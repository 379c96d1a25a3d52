import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Report } from '../../functions/dlq-reprocessor/report.ts';
import { localClient } from '../stack/aws.ts';
import type { Stack } from '../stack/stack-file.ts';
import { putBehindProxy } from './behind-proxy.ts';
import type { ApiCall } from './fault-proxy.ts';

/** What a killed function has received comes back after so long, instead of after two minutes. */
const HIDE_SECONDS = 6;

/** A shorter clock for what was received and neither deleted nor sent to wait. */
function hurry({ operation, body }: ApiCall): string {
  if (operation !== 'AmazonSQS.ReceiveMessage') return body;
  return JSON.stringify({ ...JSON.parse(body), VisibilityTimeout: HIDE_SECONDS });
}

/** The deployed reprocessor behind a proxy that plays AWS' faults. */
export const reprocessorScene = (stack: Stack, environment: Readonly<Record<string, string>>) =>
  putBehindProxy(stack, { functions: ['DlqReprocessorFunction'], rewrite: hurry, environment });

/** Runs the reprocessor with a command; answers its report, `undefined` where the invocation failed. */
export function reprocessor({ endpoint, outputs }: Stack) {
  /** An invocation lasts up to two minutes, and is never made twice unasked. */
  const lambda = new LambdaClient({
    ...localClient(endpoint),
    maxAttempts: 1,
    requestHandler: { requestTimeout: 150_000 },
  });
  return async (command: object): Promise<Report | undefined> => {
    const { Payload = new Uint8Array(), FunctionError } = await lambda.send(
      new InvokeCommand({
        FunctionName: outputs['DlqReprocessorFunctionName'],
        Payload: JSON.stringify(command),
      }),
    );
    return FunctionError === undefined ? JSON.parse(Buffer.from(Payload).toString()) : undefined;
  };
}
