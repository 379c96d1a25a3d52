import type { CreateClients } from '../aws.ts';
import type { Terminal } from '../terminal.ts';

/** The world around the commands. */
export interface World extends Terminal {
  readonly createClients: CreateClients;
  /** Aborted by Ctrl-C. */
  readonly stop: AbortSignal;
  /** Ends early, without an error, when `stop` is aborted. */
  readonly sleep: (ms: number) => Promise<unknown>;
}
