import { StackError } from '../stack/errors.ts';
import { localParameters } from '../stack/parameters.ts';
import { readRunState } from '../stack/run-state.ts';
import { samDeploy } from '../stack/sam.ts';
import type { Stack } from '../stack/stack-file.ts';

/** Deploys what was built once more to a running stack, with other parameters, while it is at work. */
export async function redeploy(
  { endpoint, stackName }: Stack,
  overrides: Readonly<Record<string, string>>,
): Promise<void> {
  const state = await readRunState();
  if (!state?.connectionSecret || !state.salesforceUrl) throw new StackError('No stack is up.');
  await samDeploy({
    endpoint,
    stackName,
    parameters: localParameters({
      salesforceUrl: state.salesforceUrl,
      secrets: state.secrets,
      connectionSecret: state.connectionSecret,
      overrides,
    }),
    onLine: () => undefined,
    signal: new AbortController().signal,
  });
}
