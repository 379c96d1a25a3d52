import { formatTable, sanitizeText } from '../format.ts';
import type { EventSummary } from './trace.ts';

/** Names and ids are longer only if a sender makes them so. */
const MAX_LENGTH = 40;

/** What Salesforce made of it, or why not. */
const outcomeOf = ({ object, recordId, errorCode, failureClass }: EventSummary): string =>
  errorCode ?? failureClass ?? [object, recordId].filter((text) => text !== undefined).join(' ');

export const cellsOf = (event: EventSummary): string[] =>
  [
    event.at.slice(11, 19),
    event.state,
    event.detailType ?? event.provider ?? '',
    outcomeOf(event),
    event.id,
  ].map((text) => sanitizeText(text, MAX_LENGTH));

export const HEAD = ['UTC', 'State', 'Event', 'Outcome', 'Id'];

export const formatSummaries = (events: readonly EventSummary[]): string =>
  formatTable(HEAD, events.map(cellsOf));
