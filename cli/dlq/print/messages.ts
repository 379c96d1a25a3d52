import type { ReportedMessage } from '../../../functions/dlq-reprocessor/report.ts';
import { formatAge, MAX_TEXT_LENGTH, sanitizeText } from '../../format.ts';
import { wrapText } from '../../layout.ts';
import { COLUMNS } from '../../terminal.ts';
import { describeOtherFacts, type RunReport } from '../run-report.ts';
import { PLAIN_REASONS } from './run.ts';

/** Where the list is printed. */
interface Page {
  readonly now: Date;
  /** The width of the terminal; none in a pipe, where no line of ids is wrapped. */
  readonly columns: number | undefined;
}

/** The most messages listed in a group; `--json` has all. */
const MAX_ROWS = 50;

const HEAD = ['id', 'age', 'attempts', 'what', 'error'];

const headings: Readonly<Record<ReportedMessage['decision'], string>> = {
  redrive: 'would be redriven',
  park: 'would be parked',
  drop: 'would be dropped',
  wait: 'would wait',
  refuse: 'would be refused',
  skip: 'not selected',
};

function subjectOf(message: ReportedMessage): string {
  const { action, object, rule, source, detailType, kind } = message;
  const subjects = [
    [action, object],
    [rule, detailType],
    [source, detailType],
  ];
  const found = subjects.find(([first]) => first !== undefined) ?? [kind];
  return found.filter((part) => part !== undefined).join(' ');
}

/** Attempts before the message was dead-lettered, and redrives since. */
const attemptsOf = ({ attempts = 0, redrives }: ReportedMessage): string =>
  redrives === 0 ? String(attempts) : `${attempts}+${redrives}`;

/** The facts of a message that have no column. */
export const notesOf = (message: ReportedMessage): string[] =>
  [
    ...(message.until === undefined ? [] : [`due at ${message.until}`]),
    ...(message.message === undefined ? [] : [`error message: ${message.message}`]),
    ...describeOtherFacts(message),
  ].map((note) => sanitizeText(note, MAX_TEXT_LENGTH));

const toRow = (message: ReportedMessage, now: Date): string[] => [
  message.messageId,
  formatAge(new Date(message.sentAt), now),
  attemptsOf(message),
  sanitizeText(subjectOf(message), MAX_TEXT_LENGTH),
  sanitizeText(message.errorCode ?? message.failureClass ?? '', MAX_TEXT_LENGTH),
];

const GAP = '  ';

/** The rows in columns; nothing if a line would be longer than the terminal is wide. */
function formatColumns(rows: readonly (readonly string[])[], columns: number) {
  const widths = HEAD.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  const lines = rows.map((row) =>
    `${GAP}${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(GAP)}`.trimEnd(),
  );
  return Math.max(...lines.map(({ length }) => length)) < columns ? lines : undefined;
}

/** Without columns: the id, which is not wrapped, and below it what does not fit beside it. */
function formatNarrow(
  [id = '', age = '', attempts = '', ...texts]: readonly string[],
  columns: number,
) {
  const text = texts.filter((one) => one !== '').join(' · ');
  return [`${GAP}${id}  ${age}  tried ${attempts}`, ...wrapText(text, '    ', columns)].join('\n');
}

/** A list of messages, with the notes of each that are not shared by all. */
function formatRows(
  messages: readonly ReportedMessage[],
  sharedNotes: readonly string[],
  { now, columns }: Page,
): string[] {
  const rows = messages.map((message) => toRow(message, now));
  const [head, ...wide] = formatColumns([HEAD, ...rows], columns ?? Number.POSITIVE_INFINITY) ?? [];
  const lines = rows.flatMap((row, index) => {
    const message = messages[index];
    const notes = message ? notesOf(message).filter((note) => !sharedNotes.includes(note)) : [];
    const line = wide[index] ?? formatNarrow(row, columns ?? COLUMNS);
    return [line, ...notes.flatMap((note) => wrapText(note, '    ', columns))];
  });
  return [...(head === undefined ? [] : [head]), ...lines];
}

/** Messages with the same decision, reason and explanation: a heading and a list, the oldest first. */
function formatGroup(place: string, messages: readonly ReportedMessage[], page: Page): string {
  const [first, ...others] = messages.toSorted((a, b) => a.sentAt.localeCompare(b.sentAt));
  if (first === undefined) return '';
  const shared = notesOf(first).filter((note) =>
    others.every((message) => notesOf(message).includes(note)),
  );
  const reason = PLAIN_REASONS.includes(first.reason) ? '' : `: ${first.reason}`;
  const heading = `${place}: ${messages.length} ${headingOf(first, place)}${reason}`;
  const explanations = [first.why, ...shared].filter((text) => text !== first.reason);
  const more = messages.length - MAX_ROWS;
  return [
    ...wrapText(heading, '', page.columns),
    ...explanations.flatMap((text) => wrapText(text, GAP, page.columns)),
    ...formatRows([first, ...others].slice(0, MAX_ROWS), shared, page),
    ...(more > 0 ? [`  … and ${more} more: --json has all`] : []),
    '\n',
  ].join('\n');
}

/** An unpark sends back what is redriven from the bucket. */
const headingOf = ({ decision }: ReportedMessage, place: string): string =>
  place === 'parked' && decision === 'redrive' ? 'would be unparked' : headings[decision];

/** What needs a decision comes last, next to the counts. */
const order: readonly ReportedMessage['decision'][] = ['redrive', 'wait', 'park', 'drop', 'refuse'];

function formatPlace(place: string, messages: readonly ReportedMessage[], page: Page): string[] {
  const sorted = order.flatMap((kind) => messages.filter(({ decision }) => decision === kind));
  const groups = Map.groupBy(sorted, ({ decision, reason, why }) =>
    JSON.stringify([decision, reason, why]),
  );
  return [...groups.values()].map((group) => formatGroup(place, group, page));
}

/** The messages of a dry run, grouped by what would happen and why; without those outside the filter. */
export const formatMessages = ({ queues }: RunReport, page: Page): string =>
  Object.entries(queues)
    .flatMap(([name, { letters = [] }]) => formatPlace(name, letters, page))
    .join('');
