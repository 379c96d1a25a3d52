import { open, rm } from 'node:fs/promises';
import type { CreatedSecret } from './aws.ts';
import { StackError } from './errors.ts';
import { makePrivateFolder, readJsonFile, readOptionalFile, writeJsonFile } from './files.ts';
import { paths } from './paths.ts';
import { isAlive, stopGroup } from './processes.ts';
import type { OrgCredentials } from './simulator.ts';

/** The stack that runs in this clone (one at most), with the ids of its process groups' leaders. */
export interface RunState {
  /** The command that started the stack. */
  readonly command: string;
  /** That command's process, if the stack ends with it. */
  readonly ownerPid?: number;
  readonly enginePid?: number;
  /** The engine's temporary folder, with the functions' code and logs. */
  readonly engineHome?: string;
  readonly simulatorPid?: number;
  readonly endpoint?: string;
  /** The simulated org; missing if a real org is used. */
  readonly salesforceUrl?: string;
  readonly org: OrgCredentials;
  readonly secrets: { readonly github: string; readonly twilio: string };
  readonly connectionSecret?: CreatedSecret;
  /** Those that were given, since the start. */
  readonly parameters?: Readonly<Record<string, string>>;
}

export async function readRunState(): Promise<RunState | undefined> {
  return readJsonFile(
    paths.runFile,
    `End what still runs of the stack (pgrep -fl ${paths.engineMain}), then delete the file.`,
  );
}

export async function writeRunState(state: RunState): Promise<void> {
  await writeJsonFile(paths.runFile, state);
}

const pidsOf = ({ enginePid, simulatorPid }: RunState): number[] =>
  [enginePid, simulatorPid].filter((pid) => pid !== undefined);

/** Stops all processes in `state` and deletes its files. */
export async function stopRun(state: RunState): Promise<void> {
  await Promise.all(pidsOf(state).map(stopGroup));
  await rm(paths.runFile, { force: true });
  await rm(paths.stackFile, { force: true });
  if (state.engineHome !== undefined) await rm(state.engineHome, { recursive: true, force: true });
  await rm(paths.simulatorConfig, { force: true });
}

/**
 * Whether all processes of the stack run and, if it ends with a command, that command does. Otherwise, what remains of
 * it must be stopped.
 */
export const isRunning = (state: RunState): boolean =>
  pidsOf(state).length > 0 &&
  pidsOf(state).every(isAlive) &&
  (state.ownerPid === undefined || isAlive(state.ownerPid));

/** @throws StackError if a stack runs in this clone, with the command that started it and the one that stops it. */
export async function requireNothingRunning(): Promise<void> {
  const state = await readRunState();
  if (!state || !isRunning(state)) return;
  throw new StackError(
    `A stack is already running in this clone, started by ${state.command}. Stop it with npm run local:down.`,
  );
}

/** @throws StackError if a process of this clone's stack has ended unexpectedly. */
export async function requireRunning(): Promise<void> {
  const state = await readRunState();
  if (!state) throw new StackError('Another command stopped the stack.');
  const ended = [
    ...(state.enginePid !== undefined && !isAlive(state.enginePid)
      ? [`the AWS engine (${paths.engineLog})`]
      : []),
    ...(state.simulatorPid !== undefined && !isAlive(state.simulatorPid)
      ? [`the Salesforce simulator (${paths.simulatorLog})`]
      : []),
  ];
  if (ended.length > 0) throw new StackError(`Ended unexpectedly: ${ended.join(', ')}.`);
}

/**
 * Acquires the lock to start or change this clone's stack. The lock of a process that has ended is ignored.
 *
 * @returns a function that releases the lock.
 * @throws StackError if another command holds it.
 */
export async function lockRun(): Promise<() => Promise<void>> {
  // SAM CLI's log has the parameters, webhook secrets among them.
  await makePrivateFolder(paths.local);
  const holder = Number((await readOptionalFile(paths.runLock)) ?? Number.NaN);
  if (Number.isInteger(holder) && isAlive(holder) && holder !== process.pid) {
    throw new StackError(
      `Another command (process ${holder}) is starting or changing this stack. Wait until it is done.`,
    );
  }
  await rm(paths.runLock, { force: true });
  const file = await open(paths.runLock, 'wx').catch((cause: unknown) => {
    throw new StackError('Another command is starting this stack. Wait until it is done.', {
      cause,
    });
  });
  await file.writeFile(String(process.pid));
  await file.close();
  return () => rm(paths.runLock, { force: true });
}
