import type { ListrTask } from 'listr2';
import { createConnectionSecret, enforcesIam, putSecret, readOutputs, stackName } from './aws.ts';
import { presetEndpoint } from './endpoint.ts';
import { runProbes, startEngine } from './engine.ts';
import { StackError } from './errors.ts';
import { localParameters } from './parameters.ts';
import { choosePort } from './ports.ts';
import { createVenv, engineVenv, findPython, isReady, samVenv, type Venv } from './python.ts';
import type { RunState } from './run-state.ts';
import {
  parseSalesforceSecret,
  readSalesforceSecret,
  type SalesforceSecret,
} from './salesforce-secret.ts';
import { samBuild, samDeploy } from './sam.ts';
import { makeOrgCredentials, salesforceSecretOf, startSimulator } from './simulator.ts';
import { requireMake } from './tools.ts';
import type { UpOptions } from './up-options.ts';

/** The tasks' shared state. */
export interface Progress {
  state: RunState;
  readonly save: (change: Partial<RunState>) => Promise<void>;
  salesforce: SalesforceSecret | undefined;
  iamEnforced: boolean;
  outputs: Record<string, string>;
}

type Task = ListrTask<Progress>;

/** Shows a program's last line of output below its step; on a terminal only. */
const showOutput =
  (task: { output: string }) =>
  (line: string): void => {
    if (process.stdout.isTTY) task.output = line;
  };

const environmentTask = ({ signal }: UpOptions, venv: Venv, size: string): Task => {
  const title = `Python environment for the ${venv.name === 'sam' ? 'SAM CLI' : 'AWS engine'}`;
  return {
    title,
    task: async (_, task) => {
      if (await isReady(venv)) {
        task.title = `${title}: already installed`;
        return;
      }
      task.title = `${title} (first time only, ${size})`;
      await createVenv(venv, await findPython(), { onLine: showOutput(task), signal });
    },
  };
};

const engineTask = ({ port }: UpOptions): Task => ({
  title: 'AWS engine',
  enabled: ({ state }) => presetEndpoint() === undefined && state.enginePid === undefined,
  task: async (progress) => {
    const enginePort = await choosePort('engine', port);
    await startEngine(enginePort, progress.save);
    await progress.save({ endpoint: `http://127.0.0.1:${enginePort}` });
  },
});

const probesTask: Task = {
  title: 'Engine probes',
  // Once per start: a running stack has passed them.
  enabled: ({ state }) => presetEndpoint() === undefined && state.connectionSecret === undefined,
  task: async (progress, task) => {
    const count = await runProbes(endpointOf(progress));
    task.title = `Engine probes: ${count} passed`;
  },
};

const iamTask: Task = {
  title: 'IAM',
  task: async (progress, task) => {
    progress.iamEnforced =
      presetEndpoint() === undefined || (await enforcesIam(endpointOf(progress)));
    task.title = progress.iamEnforced
      ? 'IAM: enforced, each function with its own role'
      : 'IAM: NOT enforced by the emulator at AWS_ENDPOINT_URL. A missing permission fails only on AWS.';
  },
};

const salesforceTask = ({ salesforceSecretFile }: UpOptions): Task => ({
  title: 'Salesforce',
  task: async (progress, task) => {
    if (salesforceSecretFile !== undefined) {
      progress.salesforce = await readSalesforceSecret(salesforceSecretFile);
      task.title = `Salesforce: ${progress.salesforce.url}`;
      return;
    }
    const org = progress.state.org ?? makeOrgCredentials();
    const url = progress.state.salesforceUrl ?? (await startOrg(progress, org));
    progress.salesforce = parseSalesforceSecret(salesforceSecretOf(url, org), 'The simulated org');
    task.title = `Salesforce simulator: ${url}`;
  },
});

async function startOrg(
  progress: Progress,
  org: ReturnType<typeof makeOrgCredentials>,
): Promise<string> {
  const port = await choosePort('salesforce');
  const url = await startSimulator(port, org, (simulatorPid) => progress.save({ simulatorPid }));
  await progress.save({ org, salesforceUrl: url });
  return url;
}

const buildTask = ({ signal }: UpOptions): Task => ({
  title: 'sam build',
  task: async (progress, task) => {
    await samBuild({ endpoint: endpointOf(progress), onLine: showOutput(task), signal });
  },
});

const deployTask = ({ parameters, signal }: UpOptions): Task => ({
  title: 'sam deploy of template.yaml',
  task: async (progress, task) => {
    const endpoint = endpointOf(progress);
    const { secrets } = progress.state;
    const { connection, url } = salesforceOf(progress);
    const connectionSecret =
      progress.state.connectionSecret ?? (await createConnectionSecret(endpoint, connection));
    await progress.save({ connectionSecret });
    await samDeploy({
      endpoint,
      stackName,
      parameters: await localParameters({
        salesforceUrl: url,
        secrets,
        connectionSecret,
        overrides: parameters,
      }),
      signal,
      onLine: showOutput(task),
    });
    progress.outputs = await readOutputs(endpoint);
  },
});

const secretTask: Task = {
  title: 'Salesforce secret',
  task: async (progress) => {
    const { json } = salesforceOf(progress);
    await putSecret(endpointOf(progress), progress.outputs['SalesforceSecretArn'] ?? '', json);
  },
};

export function endpointOf({ state }: Progress): string {
  if (state.endpoint !== undefined) return state.endpoint;
  throw new StackError('This step needs the AWS engine to run.');
}

export function salesforceOf({ salesforce }: Progress): SalesforceSecret {
  if (salesforce !== undefined) return salesforce;
  throw new StackError('This step needs the Salesforce step to be done.');
}

/** The steps to a deployed stack, in order. A running stack skips those that are done. */
export const tasks = (options: UpOptions): Task[] => [
  { title: 'make', task: requireMake },
  environmentTask(options, engineVenv, 'about 90 MB'),
  environmentTask(options, samVenv, 'about 340 MB'),
  engineTask(options),
  probesTask,
  iamTask,
  salesforceTask(options),
  buildTask(options),
  deployTask(options),
  secretTask,
];
