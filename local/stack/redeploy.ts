import { StackError } from './errors.ts';
import { localParameters } from './parameters.ts';
import { readRunState } from './run-state.ts';
import { samDeploy } from './sam.ts';
import type { Stack } from './stack-file.ts';

/** Deploys the last build again to a running stack, with other parameters, while it processes events. */
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
}
