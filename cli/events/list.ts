import type { AwsClients } from '../aws.ts';
import { groupByEvent } from './links.ts';
import { type LogLine, readLines } from './logs.ts';
import type { EventStack } from './stack.ts';
import { summaryOf } from './summary.ts';
import type { EventState, EventSummary, Reading } from './trace.ts';

export interface ListOptions {
  readonly clients: Pick<AwsClients, 'logs'>;
  readonly stack: EventStack;
  readonly since: Date;
  readonly until: Date;
  /** Only events with this text in an id, name or code of theirs; upper and lower case are the same. */
  readonly text?: string;
  readonly state?: EventState;
  /** The most events that are returned. */
  readonly limit: number;
  /** Of the page before. */
  readonly cursor?: string;
}

export interface EventList {
  /** Newest first. */
  readonly events: readonly EventSummary[];
  readonly reading: Reading;
  /** Absent if there are no older events in the range. */
  readonly cursor?: string;
}

/** The latest part of the range is read first, then parts before it, each twice as long as the one before. */
const FIRST_WINDOW_MS = 5 * 60_000;

/** Of all parts together. An event has three or four lines. */
const MAX_LINES = 30_000;

/** Newest first. */
export const summariesOf = (lines: readonly LogLine[]): EventSummary[] =>
  groupByEvent(lines)
    .flatMap((event) => summaryOf(event) ?? [])
    .toSorted((one, other) => (one.at < other.at ? 1 : -1));

const matches = (event: EventSummary, { text, state }: Pick<ListOptions, 'text' | 'state'>) =>
  (state === undefined || event.state === state) &&
  (text === undefined ||
    Object.values(event).some((value) => value.toLowerCase().includes(text.toLowerCase())));

/**
 * Lists the events of a range by the functions' log lines, newest first. Of an event whose lines lie on both sides of the end of
 * a page, each page shows what its own lines tell.
 *
 * @throws the AWS SDK's error.
 */
export async function listEvents(options: ListOptions, signal?: AbortSignal): Promise<EventList> {
  const { clients, stack, since, cursor, limit } = options;
  const until = cursor === undefined ? options.until : new Date(Number(cursor));
  let lines: readonly LogLine[] = [];
  let [end, read, isComplete, windowMs] = [until.getTime(), 0, true, FIRST_WINDOW_MS];
  let events: EventSummary[] = [];
  while (end >= since.getTime() && isComplete && events.length < limit) {
    const start = Math.max(since.getTime(), end - windowMs);
    const range = { since: new Date(start), until: new Date(end) };
    const page = await readLines(clients, stack, { ...range, limit: MAX_LINES - read }, signal);
    lines = [...page.lines, ...lines];
    read += page.reading.lines;
    isComplete = page.reading.isComplete;
    // Both ends of a range belong to it.
    end = start - 1;
    windowMs *= 2;
    events = summariesOf(lines).filter((event) => matches(event, options));
  }
  const shown = events.slice(0, limit);
  const hasOlder = end >= since.getTime() || events.length > limit;
  return {
    events: shown,
    reading: {
      lines: read,
      since: new Date(end + 1).toISOString(),
      until: until.toISOString(),
      isComplete,
      costUsd: 0,
    },
    ...(hasOlder && { cursor: String(cursorOf(shown, events, end)) }),
  };
}

/** Where the next page ends: before the last event shown if more were read, else where the reading ended. */
const cursorOf = (
  shown: readonly EventSummary[],
  events: readonly EventSummary[],
  end: number,
): number => {
  const last = shown.at(-1);
  return last !== undefined && events.length > shown.length ? Date.parse(last.at) - 1 : end;
};
