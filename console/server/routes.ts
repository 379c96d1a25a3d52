import type { Connected } from './connection.ts';

/** A request, decoded. */
export interface Asked {
  /** What stands for `*` in the path. */
  readonly rest: string;
  readonly query: Readonly<Record<string, string>>;
}

/** GET: changes nothing. */
export interface Reading {
  /** Below `/api/`. */
  readonly path: string;
  /** How long its answer is given to other tabs, too. */
  readonly keptMs: number;
  readonly read: (connected: Connected, asked: Asked) => Promise<unknown>;
}

/** POST. One that steers changes the stack, and needs `--steer` on AWS. */
export interface Action {
  readonly path: string;
  readonly isSteering: boolean;
  /** @param body the parsed JSON. */
  readonly run: (connected: Connected, body: unknown) => Promise<unknown>;
}

/** As long as tabs that poll at the same time may be apart. */
export const SHARED_MS = 2_000;
