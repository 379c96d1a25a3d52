import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import type { Figures } from './harness.ts';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Runs a program until it exits. Rejects with its standard error if it fails. */
async function run({ program, args, env }: Command) {
  const start = performance.now();
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'exit'),
    text(child.stdout),
    text(child.stderr),
  ]);
  const ms = performance.now() - start;
  if (code === 0) return { ms, stdout, stderr };
  throw new Error(`${program} ${args.join(' ')} exited with ${code}: ${stderr}`);
}

/** The lines of a program's standard output. */
export const linesOf = async (command: Command): Promise<string[]> =>
  (await run(command)).stdout.trim().split('\n');

/** The duration of a process, `ms`, and the figures in the last line of its standard error. */
export async function figuresOf(command: Command): Promise<Figures> {
  const { ms, stderr } = await run(command);
  const figures: Figures = Object(JSON.parse(stderr.trim().split('\n').at(-1) || '{}'));
  return { ms, ...figures };
}

/** A stub of AWS's APIs, in a separate process. */
export interface AwsStub {
  readonly url: string;
  /** Requests by action since the last call. */
  readonly calls: () => Promise<Readonly<Record<string, number>>>;
  readonly stop: () => void;
}

/** @param secret the value in Secrets Manager. */
export async function startAws(secret: string): Promise<AwsStub> {
  const child = spawn(process.execPath, ['bench/aws/stub.ts'], {
    env: { ...process.env, SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(child.stdout, 'data');
  const url = `http://127.0.0.1:${Number(port)}`;
  return {
    url,
    calls: async () => Object(await (await fetch(`${url}/calls`)).json()),
    stop: () => child.kill(),
  };
}
