import type { TestProject } from 'vitest/node';
import { startEngine } from '../../local/stack/engine.ts';
import { readIdentity } from '../../local/stack/identity.ts';
import { choosePort } from '../../local/stack/ports.ts';
import { engineVenv, samVenv } from '../../local/stack/python.ts';
import {
  type RunState,
  requireNothingRunning,
  writeRunState,
} from '../../local/stack/run-state.ts';
import { down } from '../../local/stack/up.ts';
import { installVenvs } from '../tools.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly endpoint: string;
  }
}

/** An engine without a stack: the tests make their own, with the commands of a user. */
export async function setup(project: TestProject): Promise<() => Promise<unknown>> {
  await requireNothingRunning();
  await installVenvs([engineVenv, samVenv]);
  const { port } = await choosePort('engine');
  const { org, secrets } = await readIdentity();
  const state: RunState = { command: 'npm test', ownerPid: process.pid, org, secrets };
  await startEngine(port, (started) => writeRunState({ ...state, ...started }));
  project.provide('endpoint', `http://127.0.0.1:${port}`);
  return down;
}
