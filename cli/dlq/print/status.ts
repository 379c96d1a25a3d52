import Table from 'cli-table3';
import type { QueueReport, Report } from '../../../functions/dlq-reprocessor/report.ts';
import { formatAge } from '../../format.ts';
import { describeOtherFields } from '../run-report.ts';
import { describeReasons, describeResults } from './run.ts';

const HEAD = ['queue', 'visible', 'hidden', 'delayed', 'oldest'];

const ALIGN = ['left', 'right', 'right', 'right', 'right'] as const;

const rowOf = (name: string, { left, oldestAt }: QueueReport, now: Date): string[] => [
  name,
  ...[left?.visible, left?.hidden, left?.delayed].map((count = 0) => count.toLocaleString('en')),
  oldestAt === undefined ? '' : formatAge(new Date(oldestAt), now),
];

function describeSample(name: string, report: QueueReport): string[] {
  if (report.received === 0) return [];
  const { letters: _named, ...counted } = report;
  return [
    `${name}, ${report.received} looked at: ${describeResults(counted.results, true)}`,
    ...describeReasons(counted),
    ...describeOtherFields(report),
  ];
}

function describeParked(parked: Report['parked']): string[] {
  const counts = Object.entries(parked ?? {}).filter(([, count]) => typeof count === 'number');
  if (counts.length === 0) return ['parked: nothing'];
  return [
    'parked, for a person:',
    ...counts.map(([reason, count]) => `${String(count).padStart(10)}  ${reason}`),
  ];
}

/** What lies where, and what the next redrive would do with it. */
export function describeStatus({ queues = {}, parked }: Report, now: Date): string {
  const table = new Table({
    head: HEAD,
    colAligns: [...ALIGN],
    style: { head: [], border: [], compact: true },
  });
  const reports = Object.entries(queues);
  table.push(...reports.map(([name, report]) => rowOf(name, report, now)));
  return [
    table.toString(),
    ...reports.flatMap(([name, report]) => describeSample(name, report)),
    ...describeParked(parked),
  ].join('\n');
}
