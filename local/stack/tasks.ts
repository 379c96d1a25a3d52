import type { ListrTask } from 'listr2';
import {
  createConnectionSecret,
  enforcesIam,
  putSecret,
  readOutputs,
  readWebhookSecrets,
  stackName,
  type WebhookSecrets,
} from './aws.ts';
import { accepts, presetEndpoint } from './endpoint.ts';
import { runProbes, startEngine } from './engine.ts';
import { StackError } from './errors.ts';
import { localParameters } from './parameters.ts';
import { type ChosenPort, choosePort } from './ports.ts';
import { createVenv, engineVenv, findPython, isReady, samVenv, type Venv } from './python.ts';
import type { RunState } from './run-state.ts';
import {
  parseSalesforceSecret,
  readSalesforceSecret,
  type SalesforceSecret,
} from './salesforce-secret.ts';
import { samBuild, samDeploy } from './sam.ts';
import { salesforceSecretOf, startSimulator } from './simulator.ts';
import { requireMake } from './tools.ts';
import type { UpOptions } from './up-options.ts';

/** The tasks' shared state. */
export interface Progress {
  state: RunState;
  readonly save: (change: Partial<RunState>) => Promise<void>;
  salesforce: SalesforceSecret | undefined;
  iamEnforced: boolean;
  outputs: Record<string, string>;
  /** What the webhook functions verify with. */
  secrets: WebhookSecrets;
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

/** Nothing is downloaded or built for an emulator that isn't there. */
const emulatorTask: Task = {
  title: 'AWS emulator at AWS_ENDPOINT_URL',
  enabled: () => presetEndpoint() !== undefined,
  task: async () => {
    const endpoint = presetEndpoint() ?? '';
    if (await accepts(endpoint)) return;
    throw new StackError(
      `Nothing answers at ${endpoint}, to which AWS_ENDPOINT_URL is set: start the emulator there, or unset it.`,
    );
  },
};

const describePort = ({ port, taken }: ChosenPort): string =>
  taken === undefined ? String(port) : `${port}, because another program holds ${taken}`;

const engineTask = ({ port }: UpOptions, startBuild: () => Promise<void>): Task => ({
  title: 'AWS engine',
  enabled: ({ state }) => presetEndpoint() === undefined && state.enginePid === undefined,
  task: async (progress, task) => {
    // It calls no AWS. Its own step says if it failed.
    startBuild().catch(() => undefined);
    const chosen = await choosePort('engine', port);
    task.title = `AWS engine: port ${describePort(chosen)}`;
    await startEngine(chosen.port, progress.save);
    await progress.save({ endpoint: `http://127.0.0.1:${chosen.port}` });
  },
});

const probesTask: Task = {
  title: 'Engine probes',
  // Once per start: a running stack has passed them.
  enabled: ({ state }) => presetEndpoint() === undefined && state.connectionSecret === undefined,
  task: async (progress, task) => {
    const passed = await runProbes(endpointOf(progress));
    task.title = `Engine probes: ${typeof passed === 'number' ? `${passed} passed` : passed}`;
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
    const { org, salesforceUrl } = progress.state;
    if (salesforceUrl === undefined) {
      const chosen = await choosePort('salesforce');
      task.title = `Salesforce simulator: port ${describePort(chosen)}`;
      const save = (simulatorPid: number) => progress.save({ simulatorPid });
      await progress.save({ salesforceUrl: await startSimulator(chosen.port, org, save) });
    } else task.title = `Salesforce simulator: ${salesforceUrl}`;
    const secret = salesforceSecretOf(progress.state.salesforceUrl ?? '', org);
    progress.salesforce = parseSalesforceSecret(secret, 'The simulated org');
  },
});

const deployTask = ({ parameters: given, signal }: UpOptions): Task => ({
  title: 'sam deploy of template.yaml',
  task: async (progress, task) => {
    const endpoint = endpointOf(progress);
    const { secrets } = progress.state;
    const { connection, url } = salesforceOf(progress);
    const connectionSecret =
      progress.state.connectionSecret ?? (await createConnectionSecret(endpoint, connection));
    // A parameter keeps its value until another is given, as on AWS.
    const parameters = { ...progress.state.parameters, ...given };
    await progress.save({ connectionSecret, parameters });
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
    progress.secrets = await readWebhookSecrets(endpoint);
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

/** The steps to a deployed stack, in order. A running stack skips those that are done. `sam build` runs beside the engine's start. */
export function tasks(options: UpOptions): Task[] {
  let build: Promise<void> | undefined;
  const startBuild = (): Promise<void> => {
    build ??= samBuild(options.signal);
    return build;
  };
  return [
    emulatorTask,
    { title: 'make', task: requireMake },
    environmentTask(options, engineVenv, 'about 90 MB'),
    environmentTask(options, samVenv, 'about 340 MB'),
    engineTask(options, startBuild),
    probesTask,
    iamTask,
    salesforceTask(options),
    { title: 'sam build', task: startBuild },
    deployTask(options),
    secretTask,
  ];
}
