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

/** What is said of one letter below its row. */
function notesOf({ why, until, message }: Letter, common: string | undefined): string[] {
  return [
    ...(why === common ? [] : [why]),
    ...(until === undefined ? [] : [`due at ${until}`]),
    ...(message === undefined ? [] : [`says: ${message}`]),
  ].map((note) => plainText(note, MOST_MESSAGE));
}

type Cell = string | { readonly colSpan: number; readonly content: string };

function rowsOf(letter: Letter, common: string | undefined, now: Date): Cell[][] {
  const row = [
    letter.messageId,
    ageOf(new Date(letter.sentAt), now),
    triesOf(letter),
    plainText(whatOf(letter), MOST_MESSAGE),
    plainText(letter.errorCode ?? letter.failureClass ?? '', MOST_MESSAGE),
  ];
  const notes = notesOf(letter, common).map((note) => [
    { colSpan: HEAD.length, content: `  ${note}` },
  ]);
  return [row, ...notes];
}

const bySentAt = (one: Letter, other: Letter): number => one.sentAt.localeCompare(other.sentAt);

/** Letters of which the same is to be said: a heading and a table, the oldest first. */
function describeGroup(place: string, letters: readonly Letter[], now: Date): string {
  const [first] = letters;
  if (first === undefined) return '';
  const common = letters.every(({ why }) => why === first.why) ? first.why : undefined;
  const table = new Table({
    head: HEAD,
    colWidths: WIDTHS,
    chars: blank,
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...letters.slice(0, MOST_ROWS).flatMap((letter) => rowsOf(letter, common, now)));
  const heading = `${place}: ${letters.length} ${headings[first.decision]}: ${first.reason}`;
  const why = common === undefined || common === first.reason ? [] : [`  ${common}`];
  const more = letters.length - MOST_ROWS;
  const rest = more > 0 ? [`  … and ${more} more: --json has all`] : [];
  const above = [heading, ...why].map((line) => plainText(line, COLUMNS - 1));
  return [...above, table.toString(), ...rest, ''].join('\n');
}

/** Letter by letter what a dry run found, grouped by what would be done and why; nothing of what the filter leaves out. */
export function describeLetters({ queues }: RunReport, now: Date): string {
  const groups = Object.entries(queues).flatMap(([name, { letters = [] }]) => {
    const within = letters.filter(({ decision }) => decision !== 'skip').toSorted(bySentAt);
    const alike = Map.groupBy(within, ({ decision, reason }) => `${decision} ${reason}`);
    return [...alike.values()].map((group) => describeGroup(name, group, now));
  });
  return groups.map((group) => `${group}\n`).join('');
}
