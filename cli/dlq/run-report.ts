import type { CliError } from '../errors.ts';
import type { Answer, QueueReport } from './answer.ts';
import type { DlqCommand } from './command.ts';

/** What several slices came to. */
export interface RunReport {
  readonly action: string;
  readonly dryRun: boolean;
  /** The letters that may be moved, at most; infinite where nobody said. */
  readonly max: number;
  /** Why it ended: nothing more was to be seen, or the option `--max`, Ctrl-C or an error ended it before. */
  readonly stoppedBy: 'end' | 'max' | 'interrupt' | 'error';
  /** The error that ended it. */
  readonly problem?: CliError;
  /** By queue; for unpark `parked` stands for the objects in the bucket. */
  readonly queues: Readonly<Record<string, QueueReport>>;
  /** Some letters were looked at in a slice that was not the last. */
  readonly paged: boolean;
  readonly invocations: number;
  readonly sqsCalls: number;
  readonly durationMs: number;
}

export const emptyRun = ({ action, dryRun = false }: DlqCommand, max: number): RunReport => ({
  action,
  dryRun,
  max,
  stoppedBy: 'end',
  queues: {},
  paged: false,
  invocations: 0,
  sqsCalls: 0,
  durationMs: 0,
});

type Counts = Readonly<Record<string, number>>;

const addCounts = (one: Counts, other: Counts): Record<string, number> => {
  const total: Record<string, number> = { ...one };
  for (const [name, count] of Object.entries(other)) total[name] = (total[name] ?? 0) + count;
  return total;
};

const addResults = (one: QueueReport['results'], other: QueueReport['results']) => ({
  redriven: one.redriven + other.redriven,
  parked: one.parked + other.parked,
  waiting: one.waiting + other.waiting,
  skipped: one.skipped + other.skipped,
  refused: one.refused + other.refused,
  failed: one.failed + other.failed,
});

const earlier = (one: string | undefined, other: string | undefined): string | undefined =>
  one === undefined || (other !== undefined && other < one) ? other : one;

/** Counts add up; what is left and why it ended are the later slice's. */
function addQueue(before: QueueReport | undefined, slice: QueueReport): QueueReport {
  if (before === undefined) return slice;
  return {
    ...slice,
    received: before.received + slice.received,
    results: addResults(before.results, slice.results),
    byReason: addCounts(before.byReason, slice.byReason),
    oldestAt: earlier(before.oldestAt, slice.oldestAt),
    letters: slice.letters && [...(before.letters ?? []), ...slice.letters],
  };
}

const isReport = (parked: Answer['parked']): parked is QueueReport =>
  parked !== undefined && typeof parked['received'] === 'number' && 'results' in parked;

/** The reports in an answer, by what they are about. */
const reportsOf = ({ queues = {}, parked }: Answer): Readonly<Record<string, QueueReport>> => ({
  ...queues,
  ...(isReport(parked) ? { parked } : {}),
});

export function addSlice(run: RunReport, slice: Answer): RunReport {
  const queues = { ...run.queues };
  for (const [name, report] of Object.entries(reportsOf(slice)))
    queues[name] = addQueue(queues[name], report);
  return {
    ...run,
    queues,
    paged: run.paged || slice.cursor !== undefined,
    invocations: run.invocations + 1,
    sqsCalls: run.sqsCalls + slice.sqsCalls,
    durationMs: run.durationMs + slice.durationMs,
  };
}

/** Letters that left their place, or would: sent back or parked. */
export const movedIn = ({ queues }: RunReport): number =>
  Object.values(queues).reduce(
    (total, { results }) => total + results.redriven + results.parked,
    0,
  );

/** Letters that the function would not, or could not, hand over. */
export const troubledIn = ({ queues }: RunReport): number =>
  Object.values(queues).reduce((total, { results }) => total + results.refused + results.failed, 0);

/** The one JSON document of a run. */
export const toJson = ({ problem, paged: _paged, max, ...run }: RunReport): string =>
  JSON.stringify(
    { ...run, ...(Number.isFinite(max) && { max }), ...(problem && { error: problem.message }) },
    undefined,
    2,
  );
