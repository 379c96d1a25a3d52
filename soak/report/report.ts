import Table from 'cli-table3';
import type { Costs } from '../outage.ts';
import { problemsOf, type SoakResult } from '../soak.ts';

export interface Run {
  readonly seed: number;
  readonly events: number;
  readonly minutes: number;
  /** Whether only mappings were run. */
  readonly onlyMappings?: boolean;
  readonly result: SoakResult;
}

/** A table, for the terminal and the page alike. */
export interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

type Counts = Readonly<Record<string, number>>;

const list = (counts: Counts): string =>
  Object.entries(counts)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ');

const total = (counts: Counts): number => Object.values(counts).reduce((sum, one) => sum + one, 0);

export const formatCount = (value: number): string => value.toLocaleString('en-US');

function events({ reconciliation: { routes } }: SoakResult): Section {
  const rows = routes.map(({ route, parked, ...counts }) => ({
    cells: [route, counts.sent, counts.accepted, counts.applied, list(parked) || '0'],
    counts: [counts.sent, counts.accepted, counts.applied, total(parked)],
    rest: [counts.rejected, counts.notAccepted, counts.repeated],
  }));
  const sums = rows.map(({ counts, rest }) => [...counts, ...rest]);
  const all = (sums[0] ?? []).map((_, column) =>
    sums.reduce((sum, row) => sum + (row[column] ?? 0), 0),
  );
  const format = (cell: string | number): string =>
    typeof cell === 'number' ? formatCount(cell) : cell;
  return {
    title: 'Outcome of the events',
    head: [
      'route',
      'sent',
      'accepted',
      'in Salesforce',
      'parked',
      'rejected',
      'not accepted',
      'delivered again',
    ],
    rows: [
      ...rows.map(({ cells, rest }) => [...cells, ...rest].map(format)),
      ['all', ...all.map(format)],
    ],
  };
}

function leftForPerson({ reconciliation: { leftForPerson: left } }: SoakResult): Section {
  const sum = (of: 'events' | 'withEventIdField'): string =>
    formatCount(left.reduce((total, one) => total + one[of], 0));
  return {
    title: 'Left for a person',
    head: ['why', 'events', 'with event id field', 'parked as'],
    rows: [
      ...left.map((one) => [
        one.why,
        formatCount(one.events),
        formatCount(one.withEventIdField),
        list(one.parked),
      ]),
      ['all', sum('events'), sum('withEventIdField'), ''],
    ],
  };
}

function executions({ reconciliation, resumed }: SoakResult): Section {
  const { executions: rows } = reconciliation;
  const sum = (of: 'executions' | 'complete' | 'parkedBefore' | 'parkedBetween'): string =>
    formatCount(rows.reduce((total, one) => total + one[of], 0));
  return {
    title: 'Executions of mappings',
    head: [
      'mapping',
      'executions',
      'complete',
      'parked before a step',
      'between steps',
      'parked as',
    ],
    rows: [
      ...rows.map((one) => [
        one.mapping,
        ...[one.executions, one.complete, one.parkedBefore, one.parkedBetween].map(formatCount),
        list(one.parked) || '0',
      ]),
      [
        'all',
        ...[sum('executions'), sum('complete'), sum('parkedBefore'), sum('parkedBetween')],
        `${formatCount(resumed)} resumed by another invocation`,
      ],
    ],
  };
}

const faults = ({ played }: SoakResult): Section => ({
  title: 'Faults',
  head: ['hop', 'fault', 'times'],
  rows: played.map(({ hop, fault, times }) => [hop, fault, formatCount(times)]),
});

const canaries = ({ canaries: searched }: SoakResult): Section => ({
  title: 'Secrets and contents',
  head: ['searched', 'texts', 'bytes', 'secrets found', 'contents found'],
  rows: searched.map(({ source, ...counts }) => [
    source,
    ...[counts.texts, counts.bytes, counts.secrets, counts.contents].map(formatCount),
  ]),
});

const forgeries = ({ forged: { classes } }: SoakResult): Section => ({
  title: 'Forged and malformed requests',
  head: ['class', 'answered'],
  rows: classes.map(({ name, statuses }) => [name, list(statuses).replace(/^0: /, 'closed: ')]),
});

/** What an outage and a poison record cost. */
export function costSection({ minutes, outage, poison }: Costs): Section {
  const row = (what: string, cost: keyof Costs['outage']): string[] => [
    what,
    ...[outage, poison].map((one) => formatCount(Math.round(one[cost]))),
  ];
  return {
    title: 'An outage, and a poison record',
    head: ['', `outage of ${minutes} minutes`, 'poison record'],
    rows: [
      row('events', 'events'),
      row('API calls while it lasts, or while events are sent', 'calls'),
      row('API calls afterwards', 'callsAfterwards'),
      row('attempts counted', 'attempts'),
      row('messages dead-lettered', 'deadLettered'),
      row('seconds until all others are in Salesforce', 'seconds'),
    ],
  };
}

export const sections = (result: SoakResult): Section[] =>
  [events, executions, leftForPerson, faults, canaries, forgeries].map((section) =>
    section(result),
  );

/** The tables of a run of mappings alone. */
export const mappingSections = (result: SoakResult): Section[] =>
  [executions, leftForPerson, faults].map((section) => section(result));

/** The result in one sentence. */
export function summarize(result: SoakResult): string {
  const problems = problemsOf(result);
  return problems.length === 0
    ? '0 lost, 0 applied twice, 0 forged requests accepted, 0 answered 5xx, 0 secrets or contents out of place.'
    : `FAILED: ${problems.join('; ')}.`;
}

/** What is wrong, one by one, as far as it can be listed. */
export function details({
  canaries: searched,
  reconciliation: { appliedTwice, contradictory, lost, misplaced, unexplained },
}: SoakResult): string[] {
  const some = (what: string, of: readonly string[]): string[] =>
    of.slice(0, 20).map((one) => `${what}: ${one}`);
  return [
    ...some('lost', lost),
    ...some('applied twice', appliedTwice),
    ...some('parked for a reason that is not its own', unexplained),
    ...some('steps contradict each other', contradictory),
    ...some('not one parked message', misplaced),
    ...searched.flatMap(({ source, findings }) => some(source, findings)),
  ];
}

export function toTable({ head, rows, title }: Section): string {
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  table.push(...rows.map((row) => [...row]));
  return `${title}\n${table.toString()}`;
}

/** The whole report for a terminal. */
export const toText = ({ onlyMappings, result, seed }: Run): string =>
  [
    ...(onlyMappings ? mappingSections : sections)(result).map(toTable),
    `${result.resent} events were sent again by their senders; ${result.apiCalls} calls of Salesforce's API.`,
    ...result.unplayed.map((name) => `not played: ${name}`),
    ...details(result),
    `Seed ${seed}. ${summarize(result)}`,
  ].join('\n');
