import { sanitizeText } from '../format.ts';
import { formatTable } from '../layout.ts';
import type { EventSummary } from './trace.ts';

/** Names and ids are longer only if a sender makes them so. */
const MAX_LENGTH = 40;

/** What Salesforce made of it, or why not. */
const outcomeOf = ({ object, recordId, errorCode, failureClass }: EventSummary): string =>
  errorCode ?? failureClass ?? [object, recordId].filter((text) => text !== undefined).join(' ');

const cellsOf = (event: EventSummary): string[] =>
  [
    event.at.slice(11, 19),
    event.state,
    event.detailType ?? event.provider ?? event.object ?? '',
    outcomeOf(event),
    event.id,
  ].map((text) => sanitizeText(text, MAX_LENGTH));

const HEAD = ['UTC', 'State', 'Event', 'Outcome', 'Id'];

export const formatSummaries = (events: readonly EventSummary[]): string =>
  formatTable(HEAD, events.map(cellsOf));

/** One event on one line, for a pipe. */
export const formatLine = (event: EventSummary): string =>
  [event.lastAt, event.state.padEnd(11), event.source ?? '', ...cellsOf(event).slice(2)]
    .map((text) => sanitizeText(text, MAX_LENGTH))
    .filter((text) => text !== '')
    .join('  ');

/** The heading, its lines, and one to spare. */
const OTHER_ROWS = 5;

/** With their padding: times, states and ids. The columns between share the rest. */
const WIDTHS = { time: 10, state: 13, id: 38 };

/** Below this, there is no room for the outcome, which `show` prints. */
const WIDE = 100;

/** The latest events, as many as the screen has room for, in a table as wide as the screen. */
export function formatScreen(
  events: readonly EventSummary[],
  { rows, columns }: { readonly rows: number; readonly columns: number },
): string {
  const latest = events.slice(-Math.max(1, rows - OTHER_ROWS));
  if (latest.length === 0) return 'No events yet.';
  const isWide = columns >= WIDE;
  const { time, state, id } = WIDTHS;
  const borders = isWide ? 6 : 5;
  const left = Math.max(8, columns - borders - time - state - id);
  const between = isWide ? [Math.floor(left / 2), Math.ceil(left / 2)] : [left];
  const shown = (cells: readonly string[]): string[] =>
    isWide ? [...cells] : [...cells.slice(0, 3), ...cells.slice(4)];
  const colWidths = [time, state, ...between, id];
  return formatTable(shown(HEAD), latest.map(cellsOf).map(shown), { colWidths });
}
