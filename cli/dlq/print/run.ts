import type { QueueReport } from '../../../functions/dlq-reprocessor/report.ts';
import { formatCount, plural } from '../../format.ts';
import { wrapText } from '../../layout.ts';
import { describeOtherFields, moved, type RunReport, unmoved } from '../run-report.ts';
import type { Suggest } from '../suggest.ts';

type Results = QueueReport['results'];

type Words = Readonly<Record<string, string>>;

const INDENT = ' '.repeat(9);

/** What the counts of a command are called: an unpark counts what it has sent back as redriven. */
function wordsFor({ action, dryRun }: Pick<RunReport, 'action' | 'dryRun'>): Words {
  const redriven = action === 'unpark' ? 'unparked' : 'redriven';
  if (!dryRun) return { redriven, skipped: 'not selected' };
  return {
    redriven: `would be ${redriven}`,
    parked: 'would be parked',
    dropped: 'would be dropped',
    waiting: 'would wait',
    refused: 'would be refused',
    skipped: 'not selected',
  };
}

/** Counts that are not zero, with their words; a count without words has its field's name. */
const formatCounts = (counts: object, words: Words = {}): string =>
  Object.entries(counts)
    .flatMap(([name, count]) => (count > 0 ? [`${formatCount(count)} ${words[name] ?? name}`] : []))
    .join(', ');

export const formatResults = (
  results: Results,
  command: Pick<RunReport, 'action' | 'dryRun'>,
): string => formatCounts(results, wordsFor(command)) || 'no messages';

/** Reasons that say no more than the results do. */
export const PLAIN_REASONS = ['skipped', 'unparked', 'dropped'];

/** Counts by reason, the most frequent first. */
export const formatReasons = ({ byReason }: QueueReport, columns?: number): string[] =>
  Object.entries(byReason)
    .filter(([reason]) => !PLAIN_REASONS.includes(reason))
    .toSorted(([, one], [, other]) => other - one)
    .flatMap(([reason, count]) =>
      wrapText(reason, `${formatCount(count).padStart(INDENT.length + 1)}  `, columns),
    );

function formatQueue(
  name: string,
  report: QueueReport,
  run: RunReport,
  columns: number | undefined,
): string[] {
  const wrap = (text: string, prefix: string) => wrapText(text, prefix, columns);
  const left = formatCounts(report.left ?? {});
  return [
    ...wrap(formatResults(report.results, run), name.padEnd(INDENT.length)),
    ...formatReasons(report, columns),
    ...(left ? wrap(`in the queue now (approximate): ${left}`, INDENT) : []),
    ...describeOtherFields(report).flatMap((line) => wrap(line, INDENT)),
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

/** The counts by queue and reason: what a command did, or a dry run would do. */
export const formatPlan = (run: RunReport, columns?: number): string[] => [
  ...Object.entries(run.queues).flatMap(([name, report]) =>
    formatQueue(name, report, run, columns),
  ),
  ...formatHidden(run).flatMap((text) => wrapText(text, '', columns)),
];

function formatUnmoved(run: RunReport, suggest: Suggest): string[] {
  const count = unmoved(run);
  if (count === 0 || run.dryRun) return [];
  const reasons: Words = { unpark: 'unpark --dry-run', drop: 'drop --dry-run' };
  return [
    `${plural(count, 'message')} refused or failed, and left where ${count === 1 ? 'it was' : 'they were'}. For the reasons: ${suggest(reasons[run.action] ?? 'preview')}`,
  ];
}

/** What follows from what the operator said about unknown outcomes. */
const outcomes: Readonly<Record<NonNullable<RunReport['outcome']>, string>> = {
  applied: 'apicall replies with success, and makes no call',
  notApplied: 'apicall makes the call',
};

const withNoun = (counts: string): string =>
  counts.replace(/^[\d,]+/, (count) => `${count} message${count === '1' ? '' : 's'}`);

function noneMoved(run: RunReport): string {
  const { action, dryRun, problem } = run;
  if (problem) return 'Nothing was counted';
  if (!dryRun && unmoved(run) > 0) return 'Nothing was changed';
  return dryRun ? 'There is nothing to do' : `Nothing to ${action}`;
}

function formatTotal(run: RunReport): string {
  const { dryRun, max, outcome } = run;
  const counts = formatCounts(moved(run), wordsFor(run));
  const total = counts === '' ? noneMoved(run) : withNoun(counts);
  const planned = Object.values(moved(run)).reduce((sum, count) => sum + count, 0);
  const cap = dryRun && planned > max ? ` (--max ${max}: no more than ${formatCount(max)})` : '';
  const effect = counts !== '' && outcome ? `: ${outcomes[outcome]}` : '';
  return `${total}${cap}${effect}.${dryRun ? ' Nothing was changed.' : ''}`;
}

/** What a command did, or a dry run would do: counts by queue and reason, and in total. */
export const formatRun = (run: RunReport, suggest: Suggest, columns?: number): string =>
  [
    ...formatPlan(run, columns),
    ...stopped[run.stoppedBy],
    ...formatUnmoved(run, suggest),
    ...wrapText(formatTotal(run), '', columns),
    ...(run.action === 'preview' && formatCounts(moved(run)) !== ''
      ? wrapText(`To see a whole message, and what to do: ${suggest('show ID')}`, '', columns)
      : []),
  ].join('\n');

/** The progress line. */
export const formatProgress = (run: RunReport): string =>
  Object.entries(run.queues)
    .map(([name, { results }]) => `${name}: ${formatResults(results, run)}`)
    .join(' · ') || 'working…';
