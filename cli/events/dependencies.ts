import type { CreateClients } from '../aws.ts';
import type { Terminal } from '../terminal.ts';

/** The part of a terminal that a live table replaces. */
export interface Screen {
  readonly size: () => { readonly rows: number; readonly columns: number };
  /** Replaces what was shown; draws nothing if it is the same. */
  readonly show: (text: string) => void;
  /** Leaves what is shown. */
  readonly end: () => void;
}

/** What the commands of `npm run events --` use besides their options. */
export interface Dependencies extends Terminal {
  readonly createClients: CreateClients;
  /** Absent if standard output is not a terminal. Loads what only a live table needs. */
  readonly openScreen?: (() => Promise<Screen>) | undefined;
  /** Aborted by Ctrl-C. */
  readonly stopSignal: AbortSignal;
  /** Resolves early when `stopSignal` is aborted. */
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** Turns a command that returns its exit code into commander's action. */
export type ToAction = <Args extends readonly unknown[]>(
  run: (...args: Args) => Promise<number>,
) => (...args: Args) => Promise<void>;
