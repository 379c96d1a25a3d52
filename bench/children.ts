import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Runs a program to its end; answers what it took, in milliseconds, and what it said on its standard error. */
async function run({ program, args, env }: Command): Promise<{ ms: number; said: string }> {
  const start = performance.now();
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const [[code], said] = await Promise.all([once(child, 'exit'), text(child.stderr)]);
  const ms = performance.now() - start;
  if (code === 0) return { ms, said };
  throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${said}`);
}

/** A whole process, from its start to its end, in milliseconds. */
export const wholeProcess = async (command: Command): Promise<number> => (await run(command)).ms;

/** The number that a process prints on its standard error. */
export const printedNumber = async (command: Command): Promise<number> =>
  Number((await run(command)).said);

/** Starts the stand-in for AWS's APIs; answers its address and how to stop it. */
export async function startStub(secret: string): Promise<{ url: string; stop: () => void }> {
  const child = spawn(process.execPath, ['bench/stub.ts', secret], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(child.stdout, 'data');
  return { url: `http://127.0.0.1:${Number(port)}`, stop: () => child.kill() };
}
