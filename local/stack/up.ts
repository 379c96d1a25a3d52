import { region, stackName } from './aws.ts';
import { presetEndpoint } from './endpoint.ts';
import { readIdentity } from './identity.ts';
import {
  isRunning,
  lockRun,
  type RunState,
  readRunState,
  stopRun,
  writeRunState,
} from './run-state.ts';
import { functionUrlsOf, readOptionalStack, type Stack, writeStack } from './stack-file.ts';
import { runSteps } from './steps.ts';
import { endpointOf, type Progress, salesforceOf, tasks } from './tasks.ts';
import type { UpOptions } from './up-options.ts';

async function newState({ command, ownerPid }: UpOptions): Promise<RunState> {
  const endpoint = presetEndpoint();
  const { org, secrets } = await readIdentity();
  return {
    command,
    ...(ownerPid === undefined ? {} : { ownerPid }),
    ...(endpoint === undefined ? {} : { endpoint }),
    org,
    secrets,
  };
}

function toStack(progress: Progress): Stack {
  const endpoint = endpointOf(progress);
  const { iamEnforced, outputs } = progress;
  return {
    endpoint,
    region,
    stackName,
    iamEnforced,
    outputs,
    functionUrls: functionUrlsOf(endpoint, outputs),
    secrets: progress.secrets,
    salesforce: { url: salesforceOf(progress).url },
  };
}

/** The console of `npm start`, which goes on while the stack is updated. */
const runningConsole = async (): Promise<Pick<Stack, 'console'>> => {
  const { console: address } = (await readOptionalStack().catch(() => undefined)) ?? {};
  return address === undefined ? {} : { console: address };
};

async function runTasks(options: UpOptions, state: RunState): Promise<Stack> {
  const progress: Progress = {
    state,
    salesforce: undefined,
    iamEnforced: false,
    outputs: {},
    secrets: state.secrets,
    save: async (change) => {
      progress.state = { ...progress.state, ...change };
      await writeRunState(progress.state);
    },
  };
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  // What still runs beside a step that failed ends with it.
  await runSteps(tasks({ ...options, signal }), progress, options.silent).finally(() =>
    ended.abort(),
  );
  // stopRun deletes the file with the stack: what is there is of the one that runs.
  const stack = { ...toStack(progress), ...(await runningConsole()) };
  await writeStack(stack);
  return stack;
}

/**
 * Starts the stack, or updates the running one to the working tree and the given parameters.
 *
 * @throws StackError after stopping what this call started. A stack that ran before keeps running.
 */
export async function up(options: UpOptions): Promise<Stack> {
  const unlock = await lockRun();
  try {
    const before = await readRunState();
    const running = before !== undefined && isRunning(before);
    if (before && !running) await stopRun(before);
    return await runTasks(options, running ? before : await newState(options)).catch(
      async (error: unknown) => {
        const state = await readRunState();
        if (!running && state) await stopRun(state);
        throw error;
      },
    );
  } finally {
    await unlock();
  }
}

/** Stops this clone's stack. Returns `false` if none was running. */
export async function down(): Promise<boolean> {
  const unlock = await lockRun();
  try {
    const state = await readRunState();
    if (state === undefined) return false;
    await stopRun(state);
    return true;
  } finally {
    await unlock();
  }
}
