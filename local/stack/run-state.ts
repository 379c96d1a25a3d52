import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import type { SecretVersion } from './aws.ts';
import { StackError } from './errors.ts';
import { paths } from './paths.ts';
import { isAlive, stopGroup } from './processes.ts';
import type { OrgCredentials } from './simulator.ts';

/** What runs in this clone: process groups by their leader's id. One stack per clone. */
export interface RunState {
  /** The command that owns the stack, and its process while it is one that ends with the stack. */
  readonly command: string;
  readonly ownerPid?: number;
  readonly enginePid?: number;
  /** The engine's own folder: functions' code, logs, nothing that outlives it. */
  readonly engineHome?: string;
  readonly simulatorPid?: number;
  readonly endpoint?: string;
  /** The simulated org; absent with a Salesforce of the user's own. */
  readonly salesforceUrl?: string;
  readonly org?: OrgCredentials;
  readonly secrets: { readonly github: string; readonly twilio: string };
  readonly connectionSecret?: SecretVersion;
}

export async function readRunState(): Promise<RunState | undefined> {
  const text = await readFile(paths.runFile, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

export async function writeRunState(state: RunState): Promise<void> {
  await writeFile(paths.runFile, JSON.stringify(state), { mode: 0o600 });
}

const pidsOf = ({ enginePid, simulatorPid }: RunState): number[] =>
  [enginePid, simulatorPid].filter((pid) => pid !== undefined);

/** Stops what `state` names and forgets it: nothing runs and no file says that something does. */
export async function stopRun(state: RunState): Promise<void> {
  await Promise.all(pidsOf(state).map(stopGroup));
  await rm(paths.runFile, { force: true });
  await rm(paths.stackFile, { force: true });
  if (state.engineHome !== undefined) await rm(state.engineHome, { recursive: true, force: true });
  await rm(paths.simulatorConfig, { force: true });
}

/**
 * A stack is usable while all of its processes are there and, if it ends with a command, that command is; anything
 * less is a left-over to be stopped.
 */
export const isRunning = (state: RunState): boolean =>
  pidsOf(state).length > 0 &&
  pidsOf(state).every(isAlive) &&
  (state.ownerPid === undefined || isAlive(state.ownerPid));

/** @throws StackError when a stack runs in this clone, saying who started it and how to stop it. */
export async function requireNothingRunning(): Promise<void> {
  const state = await readRunState();
  if (!state || !isRunning(state)) return;
  throw new StackError(
    `A stack is up in this clone (started by ${state.command}): npm run local:down stops it.`,
  );
}

/** @throws StackError when a part of this clone's stack has ended by itself. */
export async function requireRunning(): Promise<void> {
  const state = await readRunState();
  if (!state) throw new StackError('The stack was stopped by another command.');
  const ended = [
    ...(state.enginePid !== undefined && !isAlive(state.enginePid)
      ? [`the AWS engine (${paths.engineLog})`]
      : []),
    ...(state.simulatorPid !== undefined && !isAlive(state.simulatorPid)
      ? [`the Salesforce simulator (${paths.simulatorLog})`]
      : []),
  ];
  if (ended.length > 0) throw new StackError(`Ended while it was needed: ${ended.join(', ')}.`);
}

/**
 * Takes the right to start or change this clone's stack; a command that died holding it loses it.
 *
 * @returns the function that gives it back.
 * @throws StackError when another command holds it.
 */
export async function lockRun(): Promise<() => Promise<void>> {
  await mkdir(paths.local, { recursive: true });
  const holder = Number(await readFile(paths.runLock, 'utf8').catch(() => Number.NaN));
  if (Number.isInteger(holder) && isAlive(holder) && holder !== process.pid) {
    throw new StackError(
      `Another command (process ${holder}) is starting or changing this stack: wait for it to end.`,
    );
  }
  await rm(paths.runLock, { force: true });
  const file = await open(paths.runLock, 'wx').catch((cause: unknown) => {
    throw new StackError('Another command is starting this stack: wait for it to end.', { cause });
  });
  await file.writeFile(String(process.pid));
  await file.close();
  return () => rm(paths.runLock, { force: true });
}
