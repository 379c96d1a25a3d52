import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './paths.ts';

/** The console of the running stack, in a process of its own: it imports this folder, and not the reverse. */
interface LocalConsole {
  /** With its token; undefined if it could not start, for a reason that it has printed. */
  readonly address: string | undefined;
  readonly pid: number | undefined;
  readonly stop: () => Promise<void>;
}

/** Starts the console of the stack that runs, as `npm run console -- --local` does. */
export async function startConsole(): Promise<LocalConsole> {
  const child = spawn(process.execPath, [join(root, 'console/index.ts'), '--local'], {
    cwd: root,
    // Closed when this process ends, however it ends: the console ends with it.
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, END_WITH_INPUT: '1' },
  });
  const ended = once(child, 'close').then(() => undefined);
  const firstLine = once(createInterface(child.stdout), 'line').then(([line]) => String(line));
  return {
    address: await Promise.race([firstLine, ended]),
    pid: child.pid,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
