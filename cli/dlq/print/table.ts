import Table from 'cli-table3';
import type { ReportedMessage } from '../../../functions/dlq-reprocessor/report.ts';
import { formatAge, MAX_TEXT_LENGTH, sanitizeText } from '../../format.ts';
import { describeOtherFacts } from '../run-report.ts';

/** With two spaces between them and before the first: 100 columns. */
const WIDTHS = [36, 4, 6, 22, 22];
const HEAD = ['id', 'age', 'tries', 'what', 'error'];

const blank = {
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

const whatOf = ({ action, object, rule, source, detailType, kind }: ReportedMessage): string => {
  const parts = [
    [action, object],
    [rule, detailType],
    [source, detailType],
  ];
  const found = parts.find(([first]) => first !== undefined) ?? [kind];
  return found.filter((part) => part !== undefined).join(' ');
};

/** Calls before it became a dead letter, and redrives since. */
const triesOf = ({ attempts = 0, redrives }: ReportedMessage): string =>
  redrives === 0 ? String(attempts) : `${attempts}+${redrives}`;

/** What is said of a letter besides its row. */
export const notesOf = (reported: ReportedMessage): string[] =>
  [
    ...(reported.until === undefined ? [] : [`due at ${reported.until}`]),
    ...(reported.message === undefined ? [] : [`says: ${reported.message}`]),
    ...describeOtherFacts(reported),
  ].map((note) => sanitizeText(note, MAX_TEXT_LENGTH));

export type Cell = string | { readonly colSpan: number; readonly content: string };

const toRow = (letter: ReportedMessage, now: Date): string[] => [
  letter.messageId,
  formatAge(new Date(letter.sentAt), now),
  triesOf(letter),
  sanitizeText(whatOf(letter), MAX_TEXT_LENGTH),
  sanitizeText(letter.errorCode ?? letter.failureClass ?? '', MAX_TEXT_LENGTH),
];

/** Notes that all letters share are said once, above them. */
export function toRows(
  letters: readonly ReportedMessage[],
  shared: readonly string[],
  now: Date,
): Cell[][] {
  return letters.flatMap((letter) => {
    const own = notesOf(letter).filter((note) => !shared.includes(note));
    return [
      toRow(letter, now),
      ...own.map((note) => [{ colSpan: HEAD.length, content: `  ${note}` }]),
    ];
  });
}

export function toTable(rows: readonly Cell[][]): string {
  const table = new Table({
    head: HEAD,
    colWidths: WIDTHS,
    chars: blank,
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows);
  return table.toString().replaceAll(/ +$/gm, '');
}
