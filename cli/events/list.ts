import { groupByEvent } from './links.ts';
import type { LogLine } from './logs.ts';
import type { RecentLines } from './recent-lines.ts';
import type { EventStack } from './stack.ts';
import { summaryOf } from './summary.ts';
import type { EventState, EventSummary, Reading } from './trace.ts';

export interface ListOptions {
  readonly lines: RecentLines;
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

/** A part with more lines than may be read is read again, this much of its end, so that the newest lines are always there. */
const SHRINK = 8;
const MIN_WINDOW_MS = 1_000;

/** Of all parts together. An event has three or four lines. */
const MAX_LINES = 30_000;

/** A person waits for the page. Each reading has bounds of its own (logs.ts). */
const MAX_MS = 30_000;

interface Summarized {
  readonly lines: readonly LogLine[];
  readonly summary: EventSummary | undefined;
}

/** By the first line of the event. */
const summarized = new WeakMap<LogLine, Summarized>();

/** The same lines, as objects, mean the same: of thousands of events that are read again and again, few have changed. */
function summaryOnce(lines: readonly LogLine[]): EventSummary | undefined {
  const [first] = lines;
  if (first === undefined) return undefined;
  const before = summarized.get(first);
  const isSame = before?.lines.every((line, index) => line === lines[index]);
  if (isSame && before?.lines.length === lines.length) return before.summary;
  const summary = summaryOf(lines);
  summarized.set(first, { lines, summary });
  return summary;
}

const keyOf = ({ at, id }: EventSummary): string => `${at} ${id}`;

/** Newest first; those of the same millisecond always in the same order. */
export const summariesOf = (lines: readonly LogLine[]): EventSummary[] =>
  groupByEvent(lines)
    .flatMap((event) => summaryOnce(event) ?? [])
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? 1 : -1));

const matches = (event: EventSummary, { text, state }: Pick<ListOptions, 'text' | 'state'>) =>
  (state === undefined || event.state === state) &&
  (text === undefined ||
    Object.values(event).some((value) => value.toLowerCase().includes(text.toLowerCase())));

/** What has been read of a range: everything from `end` on, unless `isCut`. */
interface Progress {
  readonly lines: readonly LogLine[];
  readonly read: number;
  /** The last moment that has not been read. */
  readonly end: number;
  readonly windowMs: number;
  /** A bound ended the reading; more can be read from `end` back. */
  readonly isCut: boolean;
}

/** Reads the next part. One that a bound cut has the oldest lines of the part only: it is left, and a shorter one read instead. */
async function readPart(
  { lines: recent, stack, since }: ListOptions,
  progress: Progress,
): Promise<Progress> {
  const { end, windowMs } = progress;
  const start = Math.max(since.getTime(), end - windowMs);
  const range = { since: new Date(start), until: new Date(end) };
  const limit = MAX_LINES - progress.read;
  const { lines, isComplete } = await recent.read(stack, { ...range, limit });
  if (!isComplete && windowMs > MIN_WINDOW_MS) {
    const shorter = Math.max(MIN_WINDOW_MS, Math.floor((end - start) / SHRINK));
    return { ...progress, windowMs: shorter };
  }
  // The next page can read as many lines as this one.
  if (!isComplete && progress.read > 0) return { ...progress, isCut: true };
  return {
    lines: [...lines.map(({ line }) => line), ...progress.lines],
    read: progress.read + lines.length,
    // Both ends of a range belong to it.
    end: start - 1,
    windowMs: 2 * windowMs,
    isCut: !isComplete,
  };
}

/**
 * Lists the events of a range by the functions' log lines, newest first. Of an event whose lines lie on both sides of the end of
 * a page, each page shows what its own lines tell.
 *
 * @returns also what was read: `isComplete` is false if a bound (30,000 lines, 30 seconds) ended the page before it was full. A
 * cursor goes on from there. Only of a second with more lines than that are some left out.
 * @throws the AWS SDK's error.
 */
export async function listEvents(options: ListOptions): Promise<EventList> {
  const { since, cursor, limit } = options;
  const until = cursor === undefined ? options.until : new Date(Number(cursor));
  const endsAt = performance.now() + MAX_MS;
  let progress: Progress = {
    lines: [],
    read: 0,
    end: until.getTime(),
    windowMs: FIRST_WINDOW_MS,
    isCut: false,
  };
  let events: EventSummary[] = [];
  const isBounded = (): boolean =>
    progress.isCut || progress.read >= MAX_LINES || performance.now() >= endsAt;
  const isFull = (): boolean => events.length >= limit;
  while (progress.end >= since.getTime() && !isFull() && !isBounded()) {
    progress = await readPart(options, progress);
    events = summariesOf(progress.lines).filter((event) => matches(event, options));
  }
  const { end, read, isCut } = progress;
  const shown = events.slice(0, limit);
  const hasUnread = end >= since.getTime();
  return {
    events: shown,
    reading: {
      lines: read,
      since: new Date(end + 1).toISOString(),
      until: until.toISOString(),
      isComplete: !isCut && (isFull() || !hasUnread),
      costUsd: 0,
    },
    ...((hasUnread || events.length > limit) && { cursor: String(cursorOf(shown, events, end)) }),
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
