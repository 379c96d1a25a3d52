import type { ReportedMessage } from '../../../functions/dlq-reprocessor/report.ts';
import { formatAge, formatTable, MAX_TEXT_LENGTH, sanitizeText, wrapText } from '../../format.ts';
import { describeOtherFacts, type RunReport } from '../run-report.ts';

/** The most messages listed in a group; `--json` has all. */
const MAX_ROWS = 50;

const HEAD = ['id', 'age', 'attempts', 'what', 'error'];
/** With two spaces before each column: 100 columns. */
const WIDTHS = [36, 4, 8, 21, 21];

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '  ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

const headings: Readonly<Record<ReportedMessage['decision'], string>> = {
  redrive: 'would be redriven',
  park: 'would be parked',
  drop: 'would be dropped',
  wait: 'would wait',
  refuse: 'would be refused',
  skip: 'outside the filter',
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

/** A table of messages, with the notes of each that are not shared by all. */
function formatRows(
  messages: readonly ReportedMessage[],
  sharedNotes: readonly string[],
  now: Date,
): string {
  const rows = messages.flatMap((message) => {
    const notes = notesOf(message).filter((note) => !sharedNotes.includes(note));
    return [
      toRow(message, now),
      ...notes.map((note) => [{ colSpan: HEAD.length, content: `  ${note}` }]),
    ];
  });
  const table = formatTable(HEAD, rows, {
    colWidths: WIDTHS,
    chars: NO_BORDERS,
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: { compact: false, 'padding-left': 0, 'padding-right': 0 },
  });
  return table.replaceAll(/ +$/gm, '');
}

/** Messages with the same decision, reason and explanation: a heading and a table, the oldest first. */
function formatGroup(place: string, messages: readonly ReportedMessage[], now: Date): string {
  const [first, ...others] = messages.toSorted((a, b) => a.sentAt.localeCompare(b.sentAt));
  if (first === undefined) return '';
  const shared = notesOf(first).filter((note) =>
    others.every((message) => notesOf(message).includes(note)),
  );
  const heading = `${place}: ${messages.length} ${headings[first.decision]}: ${first.reason}`;
  const explanations = [first.why, ...shared].filter((text) => text !== first.reason);
  const more = messages.length - MAX_ROWS;
  return [
    ...wrapText(heading),
    ...explanations.flatMap((text) => wrapText(text, '  ')),
    formatRows([first, ...others].slice(0, MAX_ROWS), shared, now),
    ...(more > 0 ? [`  … and ${more} more: --json has all`] : []),
    '\n',
  ].join('\n');
}

/** What needs a decision comes last, next to the counts. */
const order: readonly ReportedMessage['decision'][] = ['redrive', 'wait', 'park', 'refuse'];

function formatPlace(place: string, messages: readonly ReportedMessage[], now: Date): string[] {
  const sorted = order.flatMap((kind) => messages.filter(({ decision }) => decision === kind));
  const groups = Map.groupBy(sorted, ({ decision, reason, why }) =>
    JSON.stringify([decision, reason, why]),
  );
  return [...groups.values()].map((group) => formatGroup(place, group, now));
}

/** The messages of a dry run, grouped by what would happen and why; without those outside the filter. */
export const formatMessages = ({ queues }: RunReport, now: Date): string =>
  Object.entries(queues)
    .flatMap(([name, { letters = [] }]) => formatPlace(name, letters, now))
    .join('');
