import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import pWaitFor, { TimeoutError } from 'p-wait-for';
import { StackError } from './errors.ts';
import { root } from './paths.ts';

export interface Service {
  /** For messages: "AWS engine", "Salesforce simulator". */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

const GRACE_MS = 5_000;

/** Starts a service in its own process group, so that its child processes can be stopped with it. */
export function startService({ command, args, env, logFile }: Service): ChildProcess {
  const log = openSync(logFile, 'w');
  const child = spawn(command, args, {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  child.unref();
  return child;
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const isGroupAlive = (pid: number): boolean => isAlive(-pid);

const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has already ended.
  }
};

/** Stops a process group with SIGTERM, after five seconds with SIGKILL. Does nothing if the group has ended. */
export async function stopGroup(pid: number): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  await pWaitFor(() => !isGroupAlive(pid), { interval: 25, timeout: GRACE_MS }).catch(() =>
    signalGroup(pid, 'SIGKILL'),
  );
  await pWaitFor(() => !isGroupAlive(pid), { interval: 25, timeout: GRACE_MS });
}

/**
 * Waits until a started service is ready.
 *
 * @throws StackError with the service's log file, if it ends or is not ready within `timeoutMs`.
 */
export async function waitUntilReady(
  child: ChildProcess,
  { name, logFile }: Service,
  ready: () => Promise<boolean>,
  timeoutMs = 90_000,
): Promise<void> {
  const check = async (): Promise<boolean> => {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new StackError(`The ${name} ended during its start. Its log: ${logFile}`);
    }
    return ready();
  };
  await pWaitFor(check, { interval: 50, timeout: timeoutMs }).catch((error: unknown) => {
    if (!(error instanceof TimeoutError)) throw error;
    throw new StackError(
      `The ${name} was not ready within ${timeoutMs / 1000} s. Its log: ${logFile}`,
    );
  });
}

/** Whether an HTTP request to `url` returns a 2xx status. */
export const isHealthy = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.ok;
    },
    () => false,
  );
