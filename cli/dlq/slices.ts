import { CliError } from '../errors.ts';
import type { DlqCommand } from './command.ts';
import type { Invoke } from './invoke.ts';
import { addReport, emptyRun, movedIn, type RunReport } from './run-report.ts';

export interface SlicesOptions {
  readonly invoke: Invoke;
  readonly command: DlqCommand;
  /** Worked off one after the other; the commands on parked objects have none. */
  readonly queues: readonly string[];
  /** Letters that are moved, or would be, in all queues together. */
  readonly max: number;
  /** Aborted: no further slice is begun. */
  readonly stop: AbortSignal;
  /** Told at the beginning and after each slice. */
  readonly onSlice?: (run: RunReport) => void;
}

/** Letters that one invocation may look at (the function's own limit). */
const SLICE = 500;

/** A slice is over in about this time, so that Ctrl-C need not wait for long. */
const SLICE_SECONDS = 20;

/**
 * An invocation may move all that it looks at: no more than are still to be moved, or can be in its time. A dry run
 * moves none; a whole slice of it is let go again at once where it sees the queue's end.
 */
function limitOf({ command, max }: SlicesOptions, run: RunReport): number {
  if (command.dryRun) return SLICE;
  const { ratePerSecond = SLICE } = command;
  return Math.min(SLICE, ratePerSecond * SLICE_SECONDS, max - movedIn(run));
}

function reasonToStop(
  { max, stop }: SlicesOptions,
  run: RunReport,
): 'max' | 'interrupt' | undefined {
  if (movedIn(run) >= max) return 'max';
  return stop.aborted ? 'interrupt' : undefined;
}

interface Place {
  readonly queue?: string;
  readonly cursor?: string;
}

/**
 * Has the function work slice by slice until there are no more. What stops it before is told in the report, together
 * with all that was done until then.
 */
export async function runSlices(options: SlicesOptions): Promise<RunReport> {
  const { command, invoke, onSlice, queues } = options;
  const places: Place[] = queues.length === 0 ? [{}] : queues.map((queue) => ({ queue }));
  let run = emptyRun(command, options.max);
  onSlice?.(run);
  for (let place = places.shift(); place !== undefined; place = places.shift()) {
    const stoppedBy = reasonToStop(options, run);
    if (stoppedBy) return { ...run, stoppedBy };
    const slice = { ...command, ...place, limit: limitOf(options, run) };
    const answer = await invoke(slice).catch(expected);
    if (answer instanceof CliError) return { ...run, stoppedBy: 'error', problem: answer };
    run = addReport(run, answer);
    onSlice?.(run);
    if (answer.cursor !== undefined) places.unshift({ ...place, cursor: answer.cursor });
  }
  return run;
}

const expected = (error: unknown): CliError => {
  if (error instanceof CliError) return error;
  throw error;
};
