import type { QueueReport, Report } from '../../../functions/dlq-reprocessor/report.ts';
import { formatAge, formatCount } from '../../format.ts';
import { formatTable } from '../../layout.ts';
import { describeOtherFields } from '../run-report.ts';
import { formatReasons, formatResults } from './run.ts';

const HEAD = ['queue', 'visible', 'hidden', 'delayed', 'oldest'];

const toRow = (name: string, { left, oldestAt }: QueueReport, now: Date): string[] => [
  name,
  ...[left?.visible, left?.hidden, left?.delayed].map((count = 0) => formatCount(count)),
  oldestAt === undefined ? '' : formatAge(new Date(oldestAt), now),
];

function formatSample(name: string, report: QueueReport): string[] {
  if (report.received === 0) return [];
  return [
    `${name}, sample of ${report.received}: ${formatResults(report.results, { action: 'status', dryRun: true })}`,
    ...formatReasons(report),
    ...describeOtherFields(report),
  ];
}

function formatParked(parked: Report['parked']): string[] {
  const counts = Object.entries(parked ?? {}).filter(([, count]) => typeof count === 'number');
  if (counts.length === 0) return ['parked: no messages'];
  return [
    'parked, waiting for a decision:',
    ...counts.map(([reason, count]) => `${String(count).padStart(10)}  ${reason}`),
  ];
}

/** Message counts per queue, what the next redrive would do with a sample, and parked messages. */
export function formatStatus({ queues = {}, parked }: Report, now: Date): string {
  const reports = Object.entries(queues);
  const rows = reports.map(([name, report]) => toRow(name, report, now));
  const colAligns = HEAD.map((name) => (name === 'queue' ? 'left' : 'right'));
  return [
    formatTable(HEAD, rows, { colAligns }),
    ...reports.flatMap(([name, report]) => formatSample(name, report)),
    ...formatParked(parked),
  ].join('\n');
}
