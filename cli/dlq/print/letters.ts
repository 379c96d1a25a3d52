import Table from 'cli-table3';
import { ageOf, plainText } from '../../words.ts';
import type { Letter } from '../answer.ts';
import type { RunReport } from '../run-report.ts';

const COLUMNS = 100;

/** With two spaces between them and before the first: all columns. */
const WIDTHS = [36, 4, 6, 22, 22];
const HEAD = ['id', 'age', 'tries', 'what', 'error'];

/** Letters of one kind beyond these are counted only; `--json` has them all. */
const MOST_ROWS = 50;

const MOST_MESSAGE = 300;

const headings: Readonly<Record<Letter['decision'], string>> = {
  redrive: 'would be sent back',
  park: 'would be parked',
  wait: 'would wait',
  refuse: 'would be refused',
  skip: 'outside the filter',
};

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

const whatOf = ({ action, object, rule, source, detailType, kind }: Letter): string => {
  const parts = [
    [action, object],
    [rule, detailType],
    [source, detailType],
  ];
  const found = parts.find(([first]) => first !== undefined) ?? [kind];
  return found.filter((part) => part !== undefined).join(' ');
};

/** Calls before it became a dead letter, and redrives since. */
const triesOf = ({ attempts = 0, redrives }: Letter): string =>
  redrives === 0 ? String(attempts) : `${attempts}+${redrives}`;

/** What is said of a letter besides its row. */
const notesOf = ({ until, message }: Letter): string[] =>
  [
    ...(until === undefined ? [] : [`due at ${until}`]),
    ...(message === undefined ? [] : [`says: ${message}`]),
  ].map((note) => plainText(note, MOST_MESSAGE));

type Cell = string | { readonly colSpan: number; readonly content: string };

const toRow = (letter: Letter, now: Date): string[] => [
  letter.messageId,
  ageOf(new Date(letter.sentAt), now),
  triesOf(letter),
  plainText(whatOf(letter), MOST_MESSAGE),
  plainText(letter.errorCode ?? letter.failureClass ?? '', MOST_MESSAGE),
];

/** Notes that all letters share are said once, above them. */
function toRows(letters: readonly Letter[], shared: readonly string[], now: Date): Cell[][] {
  return letters.flatMap((letter) => {
    const own = notesOf(letter).filter((note) => !shared.includes(note));
    return [
      toRow(letter, now),
      ...own.map((note) => [{ colSpan: HEAD.length, content: `  ${note}` }]),
    ];
  });
}

function toTable(rows: readonly Cell[][]): string {
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

const wrapped = (text: string): string[] => {
  const line = plainText(text, MOST_MESSAGE);
  const lines = line.match(new RegExp(`.{1,${COLUMNS - 4}}`, 'gu')) ?? [];
  return lines.map((part) => `  ${part}`);
};

const bySentAt = (one: Letter, other: Letter): number => one.sentAt.localeCompare(other.sentAt);

/** Letters of which the same is to be said: a heading and a table, the oldest first. */
function describeGroup(place: string, letters: readonly Letter[], now: Date): string {
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
    plainText(heading, COLUMNS - 1),
    ...said.flatMap(wrapped),
    toTable(rows),
    ...rest,
    '',
  ].join('\n');
}

/** What needs a person stands last, next to the counts. */
const order: readonly Letter['decision'][] = ['redrive', 'wait', 'park', 'refuse'];

function describePlace(place: string, letters: readonly Letter[], now: Date): string[] {
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
