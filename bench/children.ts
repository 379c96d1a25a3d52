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

/** Runs a program to its end; rejects with what it said where it failed. */
async function run({ program, args, env }: Command) {
  const start = performance.now();
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [[code], printed, said] = await Promise.all([
    once(child, 'exit'),
    text(child.stdout),
    text(child.stderr),
  ]);
  const ms = performance.now() - start;
  if (code === 0) return { ms, printed, said };
  throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${said}`);
}

/** What a program prints on its standard output. */
export const linesOf = async (command: Command): Promise<string[]> =>
  (await run(command)).printed.trim().split('\n');

/** What a process takes from its start to its end, `ms`, with the figures that it says itself as its last line. */
export async function figuresOf(command: Command): Promise<Figures> {
  const { ms, said } = await run(command);
  const figures: Figures = Object(JSON.parse(said.trim().split('\n').at(-1) || '{}'));
  return { ms, ...figures };
}

/** A stand-in for AWS's APIs that runs beside what is measured. */
export interface AwsStub {
  readonly url: string;
  /** Requests since the last time that this was asked, by action. */
  readonly calls: () => Promise<Readonly<Record<string, number>>>;
  readonly stop: () => void;
}

/** @param secret what Secrets Manager holds. */
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
