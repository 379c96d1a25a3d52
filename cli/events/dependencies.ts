import type { CreateClients } from '../aws.ts';
import type { Terminal } from '../terminal.ts';

/** What the commands of `npm run events --` use besides their options. */
export interface Dependencies extends Terminal {
  readonly createClients: CreateClients;
  /** Aborted by Ctrl-C. */
  readonly stopSignal: AbortSignal;
  /** Resolves early when `stopSignal` is aborted. */
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** Turns a command that returns its exit code into commander's action. */
export type ToAction = <Args extends readonly unknown[]>(
  run: (...args: Args) => Promise<number>,
) => (...args: Args) => Promise<void>;
