import { readOutputs, readWebhookSecrets } from './aws.ts';
import { StackError } from './errors.ts';
import { localParameters } from './parameters.ts';
import { readRunState } from './run-state.ts';
import { samDeploy } from './sam.ts';
import { functionUrlsOf, readStack, type Stack, writeStack } from './stack-file.ts';

/** Deploys the last build again to a running stack, with other parameters, while it processes events; `.local/stack.json` follows. */
export async function redeploy(
  { endpoint, stackName }: Stack,
  overrides: Readonly<Record<string, string>>,
): Promise<void> {
  const state = await readRunState();
  if (!state?.connectionSecret || !state.salesforceUrl) throw new StackError('No stack is up.');
  await samDeploy({
    endpoint,
    stackName,
    parameters: await localParameters({
      salesforceUrl: state.salesforceUrl,
      secrets: state.secrets,
      connectionSecret: state.connectionSecret,
      overrides,
    }),
    onLine: () => undefined,
    signal: new AbortController().signal,
  });
  // Parameters decide about secrets and outputs: the file says what is in force. What else it says stays, as the console's address.
  const [outputs, secrets] = [await readOutputs(endpoint), await readWebhookSecrets(endpoint)];
  const functionUrls = functionUrlsOf(endpoint, outputs);
  await writeStack({ ...(await readStack()), outputs, functionUrls, secrets });
}
