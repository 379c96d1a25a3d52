import type { ReportedMessage } from '../../../functions/dlq-reprocessor/report.ts';
import { wrapText as wrap } from '../../format.ts';
import type { RunReport } from '../run-report.ts';
import { notesOf, toRows, toTable } from './table.ts';

/** Letters of one kind beyond these are counted only; `--json` has them all. */
const MOST_ROWS = 50;

const headings: Readonly<Record<ReportedMessage['decision'], string>> = {
  redrive: 'would be sent back',
  park: 'would be parked',
  wait: 'would wait',
  refuse: 'would be refused',
  skip: 'outside the filter',
};

const bySentAt = (one: ReportedMessage, other: ReportedMessage): number =>
  one.sentAt.localeCompare(other.sentAt);

/** Letters of which the same is to be said: a heading and a table, the oldest first. */
function describeGroup(place: string, letters: readonly ReportedMessage[], now: Date): string {
  const [first, ...others] = letters.toSorted(bySentAt);
  if (first === undefined) return '';
  const shared = notesOf(first).filter((note) =>
    others.every((letter) => notesOf(letter).includes(note)),
  );
  const heading = `${place}: ${letters.length} ${headings[first.decision]}: ${first.reason}`;
  const said = [first.why, ...shared].filter((text) => text !== first.reason);
  const rows = toRows([first, ...others].slice(0, MOST_ROWS), shared, now);
  const more = letters.length - MOST_ROWS;
  const rest = more > 0 ? [`  … and ${more} more: --json has all`] : [];
  return [
    ...wrap(heading),
    ...said.flatMap((text) => wrap(text, '  ')),
    toTable(rows),
    ...rest,
    '',
  ].join('\n');
}

/** What needs a person stands last, next to the counts. */
const order: readonly ReportedMessage['decision'][] = ['redrive', 'wait', 'park', 'refuse'];

function describePlace(place: string, letters: readonly ReportedMessage[], now: Date): string[] {
  const sorted = order.flatMap((kind) => letters.filter(({ decision }) => decision === kind));
  const alike = Map.groupBy(sorted, ({ decision, reason, why }) =>
    JSON.stringify([decision, reason, why]),
  );
  return [...alike.values()].map((group) => describeGroup(place, group, now));
}

/** Letter by letter what a dry run found, grouped by what would be done and why; nothing of what the filter leaves out. */
export const describeLetters = ({ queues }: RunReport, now: Date): string =>
  Object.entries(queues)
    .flatMap(([name, { letters = [] }]) => describePlace(name, letters, now))
    .map((group) => `${group}\n`)
    .join('');
