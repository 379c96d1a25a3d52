import type {
  QueueReport,
  Report,
  ReportedMessage,
} from '../../functions/dlq-reprocessor/report.ts';
import type { CliError } from '../errors.ts';
import { toJson } from '../format.ts';
import type { DlqCommand } from './command.ts';

/** The reports of all invocations of one command, added up. */
export interface RunReport extends Pick<Report, 'action' | 'dryRun' | 'durationMs'> {
  /** The most messages that may be moved; infinite without the option `--max`. */
  readonly max: number;
  /** `end`: no more messages were found. Else what ended the command before that. */
  readonly stoppedBy: 'end' | 'max' | 'interrupt' | 'error';
  /** The error that ended it. */
  readonly problem?: CliError;
  /** By queue; for unpark, `parked` stands for the objects in the bucket. */
  readonly queues: Readonly<Record<string, QueueReport>>;
  /** What the operator said about unknown outcomes. */
  readonly outcome?: 'applied' | 'notApplied';
  /** More than one invocation was needed. */
  readonly paged: boolean;
  readonly invocations: number;
}

export const emptyRun = (
  { action, applied, dryRun = false, notApplied }: DlqCommand,
  max: number,
): RunReport => ({
  action,
  dryRun,
  ...(applied && { outcome: 'applied' }),
  ...(notApplied && { outcome: 'notApplied' }),
  max,
  stoppedBy: 'end',
  queues: {},
  paged: false,
  invocations: 0,
  durationMs: 0,
});

type Counts = Readonly<Record<string, number>>;

const addCounts = (one: Counts, other: Counts): Record<string, number> => {
  const total: Record<string, number> = { ...one };
  for (const [name, count] of Object.entries(other)) total[name] = (total[name] ?? 0) + count;
  return total;
};

/** The fields that are numbers, added up: those that the schema gets later, too. */
const addNumbers = (one: object, other: object): Counts => {
  const numbersOf = (fields: object): Counts =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => typeof value === 'number'));
  return addCounts(numbersOf(one), numbersOf(other));
};

const earliest = (...dates: readonly (string | undefined)[]): string | undefined =>
  dates.flatMap((date) => date ?? []).toSorted()[0];

/** Counts add up; `left`, `stoppedBy` and fields unknown here are those of the later report. */
function addQueue(before: QueueReport | undefined, report: QueueReport): QueueReport {
  if (before === undefined) return report;
  const oldestAt = earliest(before.oldestAt, report.oldestAt);
  return {
    ...report,
    ...addNumbers(before, report),
    results: { ...report.results, ...addCounts(before.results, report.results) },
    byReason: addCounts(before.byReason, report.byReason),
    ...(oldestAt && { oldestAt }),
    ...(report.letters && { letters: [...(before.letters ?? []), ...report.letters] }),
  };
}

const isQueueReport = (parked: Report['parked']): parked is QueueReport =>
  parked !== undefined && 'results' in parked;

/** Adds the report of one more invocation. */
export function addReport(run: RunReport, report: Report): RunReport {
  const { queues: reports = {}, parked, cursor, ...others } = report;
  const queues = { ...run.queues };
  for (const [name, added] of Object.entries(isQueueReport(parked) ? { parked } : reports))
    queues[name] = addQueue(queues[name], added);
  return {
    ...run,
    ...others,
    ...addNumbers(run, others),
    queues,
    paged: run.paged || cursor !== undefined,
    invocations: run.invocations + 1,
  };
}

/** Messages that left their place, or would, by what was done with them. */
export type Moves = Pick<QueueReport['results'], 'redriven' | 'parked' | 'dropped'>;

export const moved = ({ queues }: Pick<RunReport, 'queues'>): Moves =>
  Object.values(queues).reduce<Moves>(
    (total, { results }) => ({
      redriven: total.redriven + results.redriven,
      parked: total.parked + results.parked,
      dropped: total.dropped + results.dropped,
    }),
    { redriven: 0, parked: 0, dropped: 0 },
  );

export function totalMoved(run: Pick<RunReport, 'queues'>): number {
  const { redriven, parked, dropped } = moved(run);
  return redriven + parked + dropped;
}

/** Messages that the function refused to move or failed to move. */
export const unmoved = ({ queues }: RunReport): number =>
  Object.values(queues).reduce((total, { results }) => total + results.refused + results.failed, 0);

const toLines = (fields: object): string[] =>
  Object.entries(fields).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );

/** Fields that the text output does not know, as `name: value`. */
export function describeOtherFields(report: QueueReport): string[] {
  const { received, results, byReason, left, stoppedBy, oldestAt, letters, ...others } = report;
  return toLines(others);
}

/** The same for a message. */
export function describeOtherFacts(message: ReportedMessage): string[] {
  const { messageId, sentAt, kind, decision, reason, why, until, redrives, key, ...facts } =
    message;
  const { errorCode, failureClass, attempts, object, action, rule, ...more } = facts;
  const { detailType, source, eventId, message: words, ...others } = more;
  return toLines(others);
}

/** The JSON document of a command. */
export function runToJson(report: RunReport): string {
  const { problem, paged: _paged, max, ...run } = report;
  const ok = !problem && run.stoppedBy !== 'interrupt' && unmoved(report) === 0;
  const result = { ...run, ...(Number.isFinite(max) && { max }) };
  const error = problem && { message: problem.problem, remedy: problem.remedy };
  return toJson(`dlq ${run.action}`, ok, result, error);
}
