import type { QueueReport } from '../../../functions/dlq-reprocessor/report.ts';
import { formatCount, plural, wrapText } from '../../format.ts';
import { describeOtherFields, moved, type RunReport, unmoved } from '../run-report.ts';

type Results = QueueReport['results'];

const INDENT = ' '.repeat(9);

const doneWords = { skipped: 'outside the filter' };

const plannedWords = {
  ...doneWords,
  redriven: 'would be redriven',
  parked: 'would be parked',
  waiting: 'would wait',
  refused: 'would be refused',
};

/** Counts that are not zero, with their words; a count without words has its field's name. */
const formatCounts = (counts: object, words: Readonly<Record<string, string>> = {}): string =>
  Object.entries(counts)
    .flatMap(([name, count]) => (count > 0 ? [`${formatCount(count)} ${words[name] ?? name}`] : []))
    .join(', ');

export const formatResults = (results: Results, isDryRun: boolean): string =>
  formatCounts(results, isDryRun ? plannedWords : doneWords) || 'no messages';

/** Counts by reason, the most frequent first; without `skipped`, which the results contain. */
export const formatReasons = ({ byReason }: QueueReport): string[] =>
  Object.entries(byReason)
    .filter(([reason]) => reason !== 'skipped')
    .toSorted(([, one], [, other]) => other - one)
    .flatMap(([reason, count]) =>
      wrapText(reason, `${formatCount(count).padStart(INDENT.length + 1)}  `),
    );

function formatQueue(name: string, report: QueueReport, isDryRun: boolean): string[] {
  const left = formatCounts(report.left ?? {});
  return [
    ...wrapText(formatResults(report.results, isDryRun), name.padEnd(INDENT.length)),
    ...formatReasons(report),
    ...(left ? wrapText(`in the queue now (approximate): ${left}`, INDENT) : []),
    ...describeOtherFields(report).flatMap((line) => wrapText(line, INDENT)),
  ];
}

/** SQS returns a hidden message to no receiver, and cannot look one up by id. */
const formatHidden = ({ queues }: RunReport): string[] =>
  Object.values(queues).some(({ left }) => (left?.hidden ?? 0) > 0)
    ? [
        'hidden: in progress, or waiting for the next attempt; no command can reach them until then.',
      ]
    : [];

const stopped: Readonly<Record<RunReport['stoppedBy'], readonly string[]>> = {
  end: [],
  max: ['Stopped by --max; there may be more messages.'],
  interrupt: ['Stopped by Ctrl-C: messages that are not counted here were not changed.'],
  error: ['Stopped by an error: the counts are of what was done before it.'],
};

function formatUnmoved(run: RunReport): string[] {
  const count = unmoved(run);
  if (count === 0 || run.dryRun) return [];
  const command = run.action === 'unpark' ? 'unpark --dry-run --filter key=parked/' : 'preview';
  return [
    `${plural(count, 'message')} refused or failed, and not moved. For the reasons: npm run dlq -- ${command}`,
  ];
}

function formatTotal(run: RunReport): string {
  const count = moved(run);
  if (!run.dryRun) return `${plural(count, 'message')} moved.`;
  const first = count > run.max ? `${formatCount(run.max)} of ` : '';
  return `Dry run: ${first}${plural(count, 'message')} would be moved; none was.`;
}

/** What a command did, or a dry run would do: counts by queue and reason. */
export const formatRun = (run: RunReport): string =>
  [
    ...Object.entries(run.queues).flatMap(([name, report]) =>
      formatQueue(name, report, run.dryRun),
    ),
    ...formatHidden(run),
    ...stopped[run.stoppedBy],
    ...formatUnmoved(run),
    formatTotal(run),
  ].join('\n');

/** The progress line. */
export const formatProgress = (run: RunReport): string =>
  Object.entries(run.queues)
    .map(([name, { results }]) => `${name}: ${formatResults(results, run.dryRun)}`)
    .join(' · ') || 'working…';
