import { createReprocessor } from '../demo/queues.ts';
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

export const reprocessor = ({ endpoint, outputs }: Stack) =>
  createReprocessor(endpoint, outputs['DlqReprocessorFunctionName'] ?? '');
