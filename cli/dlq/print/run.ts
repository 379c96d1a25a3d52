import type { QueueReport } from '../../../functions/dlq-reprocessor/report.ts';
import { plural, wrapText as wrap } from '../../format.ts';
import { describeOtherFields, movedIn, type RunReport, troubledIn } from '../run-report.ts';

type Results = QueueReport['results'];

const INDENT = ' '.repeat(9);

const done: Readonly<Record<keyof Results, string>> = {
  redriven: 'sent back',
  parked: 'parked',
  waiting: 'left to wait',
  skipped: 'outside the filter',
  refused: 'refused',
  failed: 'failed',
};

const planned: Readonly<Record<keyof Results, string>> = {
  redriven: 'would be sent back',
  parked: 'would be parked',
  waiting: 'would wait',
  skipped: 'outside the filter',
  refused: 'would be refused',
  failed: 'failed',
};

/** Counts in words, without those that are zero. */
export function describeResults(results: Results, isDryRun: boolean): string {
  const words = isDryRun ? planned : done;
  const parts = Object.entries(words).flatMap(([name, word]) => {
    const count = new Map(Object.entries(results)).get(name) ?? 0;
    return count === 0 ? [] : [`${count.toLocaleString('en')} ${word}`];
  });
  return parts.join(', ') || 'nothing there';
}

/** `hidden` are being worked on, wait for their next try, or were looked at a moment ago. */
function describeLeft({ left }: QueueReport): string[] {
  const parts = Object.entries(left ?? {}).flatMap(([name, count]) =>
    count === 0 ? [] : [`${count.toLocaleString('en')} ${name}`],
  );
  return parts.length === 0 ? [] : wrap(`in the queue now, about: ${parts.join(', ')}`, INDENT);
}

/** Counts by reason, the most frequent first. */
export const describeReasons = ({ byReason }: QueueReport): string[] =>
  Object.entries(byReason)
    // Said already: they are outside the filter.
    .filter(([reason]) => reason !== 'skipped')
    .toSorted(([, one], [, other]) => other - one)
    .flatMap(([reason, count]) =>
      wrap(reason, `${count.toLocaleString('en').padStart(INDENT.length + 1)}  `),
    );

const describeQueue = (name: string, report: QueueReport, isDryRun: boolean): string[] => [
  ...wrap(describeResults(report.results, isDryRun), name.padEnd(INDENT.length)),
  ...describeReasons(report),
  ...describeLeft(report),
  ...describeOtherFields(report).flatMap((line) => wrap(line, INDENT)),
];

function describeEnd(run: RunReport): string[] {
  if (run.stoppedBy === 'max') return ['Ended by --max; there may be more.'];
  if (run.stoppedBy === 'interrupt')
    return ['Ended by Ctrl-C: what is not counted here is as it was.'];
  if (run.stoppedBy === 'error')
    return ['Ended by an error: what is counted here was done before it.'];
  return [];
}

function describeTrouble(run: RunReport): string[] {
  const troubled = troubledIn(run);
  if (troubled === 0) return [];
  const look = run.action === 'unpark' ? 'unpark --dry-run' : 'preview';
  return run.dryRun
    ? []
    : [
        `${plural(troubled, 'letter')} refused or failed, and still there: npm run dlq -- ${look} shows each with its reason.`,
      ];
}

/** SQS gives a hidden message to nobody, not even to whoever asks for it by name. */
const describeHidden = ({ queues }: RunReport): string[] =>
  Object.values(queues).some(({ left }) => (left?.hidden ?? 0) > 0)
    ? ['hidden: waiting for their next try, or in work; no command reaches them until then.']
    : [];

function describeTotal(run: RunReport): string {
  const moved = movedIn(run);
  if (!run.dryRun) return `${plural(moved, 'letter')} moved.`;
  const first = moved > run.max ? `${run.max.toLocaleString('en')} of ` : '';
  return `Dry run: ${first}${plural(moved, 'letter')} would be moved, none was.`;
}

/** What a run did, or a dry run would: counts by queue and reason. */
export function describeRun(run: RunReport): string {
  const queues = Object.entries(run.queues).flatMap(([name, report]) =>
    describeQueue(name, report, run.dryRun),
  );
  return [
    ...queues,
    ...describeHidden(run),
    ...describeEnd(run),
    ...describeTrouble(run),
    describeTotal(run),
  ].join('\n');
}

/** One line while it works. */
export function describeProgress(run: RunReport): string {
  const counts = Object.entries(run.queues).map(
    ([name, { results }]) => `${name}: ${describeResults(results, run.dryRun)}`,
  );
  return counts.join(' · ') || 'working…';
}
