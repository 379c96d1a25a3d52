import type { RemainingMs } from '#common/deadline.ts';
import type { Command } from '../command.ts';
import type { StoppedBy } from '../report.ts';
import type { Tally } from './tally.ts';

/** No new wave is begun with less time than this: receiving, sending and deleting, each with its retries. */
const WAVE_MS = 20_000;

/** A queue where this many letters in a row only wait is left alone until the next scheduled run. */
const MAX_WAITS = 100;

const DEFAULT_LIMIT = 500;

/** Letters of each queue, or parked objects, in one invocation. */
export const limitOf = ({ limit, unattended }: Command): number =>
  limit ?? (unattended ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT);

/** Why no further letters are to be looked at; `undefined` - they are. */
export function stopOf(
  tally: Tally,
  command: Command,
  remainingMs: RemainingMs,
): StoppedBy | undefined {
  if (tally.received() >= limitOf(command)) return 'limit';
  if (remainingMs() < WAVE_MS) return 'time';
  return command.unattended && tally.waitsInARow() >= MAX_WAITS ? 'waits' : undefined;
}
