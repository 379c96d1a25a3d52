import {
  type FilteredLogEvent,
  FilterLogEventsCommand,
  type FilterLogEventsResponse,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import type { AwsClients } from '../aws.ts';
import type { EventStack, LogGroup } from './stack.ts';
import type { Reading } from './trace.ts';

/** A line of a function's log: any text, its own or Lambda's. */
export interface LogText {
  /** Of the function, in template.yaml. */
  readonly logicalId: string;
  /** When CloudWatch Logs received it, or the function wrote it: milliseconds since 1970. */
  readonly timestamp: number;
  readonly text: string;
  /** Tells it from every other line; equal for lines that an emulator without ids does not tell apart. */
  readonly key: string;
}

/** A line that is a JSON object with a message, as the stack's functions write it (docs/observability.md). */
export interface LogLine {
  /** When the function wrote it: ISO 8601, UTC. */
  readonly at: string;
  /** Of the function, in template.yaml. */
  readonly logicalId: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A line, and when it was received, if that is told: a range is of these times. */
export interface ReceivedLine {
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly line: LogLine;
}

/** Which lines are read. */
export interface LogQuery {
  readonly since: Date;
  readonly until: Date;
  /** Only lines that contain at least one of these texts. */
  readonly ids?: readonly string[];
  /** The most lines that are returned. */
  readonly limit: number;
}

type LogsClient = Pick<AwsClients, 'logs'>;

/**
 * At most 5 requests a second are allowed for each account and Region, and no price is listed for them (AWS re:Post, "How do I
 * prevent throttling in CloudWatch Logs?"). The groups are therefore read one after the other, and readings end here.
 */
const MAX_PAGES = 60;
const MAX_MS = 30_000;

/** Of a filter pattern (CloudWatch Logs API Reference, "FilterLogEvents"). */
const MAX_PATTERN = 1_024;

/** In quotation marks, `\` and `"` are escaped; `?` before each of several terms: one of them is enough. */
const toTerm = (id: string): string => `"${id.replaceAll(/["\\]/g, '\\$&')}"`;

/** Filter patterns that together match the lines with any of the ids; one that matches every line without any. */
export function toPatterns(ids: readonly string[] | undefined): string[] {
  if (ids === undefined) return [''];
  const patterns: string[] = [];
  let terms: string[] = [];
  const close = (): void => {
    if (terms.length > 0)
      patterns.push(terms.length === 1 ? (terms[0] ?? '') : `?${terms.join(' ?')}`);
    terms = [];
  };
  for (const term of new Set(ids.map(toTerm))) {
    if (term.length + 1 > MAX_PATTERN) continue;
    if ([...terms, term].join(' ?').length + 1 > MAX_PATTERN) close();
    terms.push(term);
  }
  close();
  return patterns;
}

const toText = (logicalId: string, event: FilteredLogEvent): LogText => {
  const { timestamp = 0, message = '', eventId, logStreamName } = event;
  const text = message.trim();
  return { logicalId, timestamp, text, key: eventId ?? `${logStreamName} ${timestamp} ${text}` };
};

/** How far a reading has come. */
interface Progress {
  pages: number;
  /** Lines that may still be read. */
  left: number;
  /** A bound ended the reading before the end of the range. */
  isCut: boolean;
  readonly endsAt: number;
}

const isOver = ({ pages, left, endsAt }: Progress): boolean =>
  pages >= MAX_PAGES || left <= 0 || Date.now() >= endsAt;

/** FilterLogEvents returns at most this many events at a time, and at most 1 MB (API Reference, "FilterLogEvents"). */
const MAX_EVENTS = 10_000;

interface GroupQuery {
  readonly group: LogGroup;
  readonly range: Pick<LogQuery, 'since' | 'until'>;
  readonly pattern: string;
}

/** The pages of a group, until the progress is over. A group that does not exist yet has none. */
async function* pagesOf(
  { logs }: LogsClient,
  { group: { name, logicalId }, range: { since, until }, pattern }: GroupQuery,
  progress: Progress,
  signal?: AbortSignal,
): AsyncGenerator<LogText[]> {
  let nextToken: string | undefined;
  do {
    if (isOver(progress)) {
      progress.isCut = true;
      return;
    }
    const command = new FilterLogEventsCommand({
      logGroupName: name,
      startTime: since.getTime(),
      endTime: until.getTime(),
      limit: Math.min(progress.left, MAX_EVENTS),
      ...(pattern !== '' && { filterPattern: pattern }),
      ...(nextToken !== undefined && { nextToken }),
    });
    const page: FilterLogEventsResponse = await logs
      .send(command, signal && { abortSignal: signal })
      .catch((error: unknown) => {
        if (error instanceof ResourceNotFoundException) return {};
        throw error;
      });
    const events = page.events ?? [];
    ({ nextToken } = page);
    progress.pages += 1;
    progress.left -= events.length;
    yield events.map((event) => toText(logicalId, event));
  } while (nextToken !== undefined);
}

/**
 * Reads the lines of the stack's log groups as they are, the oldest of each group first.
 *
 * @returns also whether all of the range was read: not if there are more lines than `limit`, or the reading took too many pages
 * (60) or too long (30 s).
 * @throws the AWS SDK's error.
 */
export async function readTexts(
  clients: LogsClient,
  { logGroups }: EventStack,
  { ids, limit, ...range }: LogQuery,
  signal?: AbortSignal,
): Promise<{ readonly texts: readonly LogText[]; readonly isComplete: boolean }> {
  const progress = { pages: 0, left: limit, isCut: false, endsAt: Date.now() + MAX_MS };
  const texts: LogText[] = [];
  for (const group of logGroups)
    for (const pattern of toPatterns(ids)) {
      // A line that two patterns match is read twice.
      const known = new Set(texts.map(({ key }) => key));
      for await (const page of pagesOf(clients, { group, range, pattern }, progress, signal))
        texts.push(...page.filter(({ key }) => !known.has(key)));
    }
  return { texts, isComplete: !progress.isCut };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The line that a text is; `undefined` for one of Lambda's own, and for metrics of a line that the log level leaves out. */
export function toLine({ logicalId, timestamp, text }: LogText): LogLine | undefined {
  let fields: unknown;
  try {
    fields = text.startsWith('{') ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
  if (!isObject(fields) || typeof fields['message'] !== 'string') return undefined;
  const written = new Date(String(fields['timestamp'])).getTime();
  const at = new Date(Number.isNaN(written) ? timestamp : written).toISOString();
  return { at, logicalId, fields };
}

/** Like `toLine`. */
export function toReceived(text: LogText): ReceivedLine | undefined {
  const line = toLine(text);
  return line && { receivedAt: text.timestamp, line };
}

/**
 * A line can be found in CloudWatch Logs some seconds after its time, and after later ones. The local engine's times are those at
 * which it received the line, whenever that was written.
 */
export const lateMs = ({ isLocal }: EventStack): number => (isLocal ? 5_000 : 30_000);

/** Oldest first; lines of the same millisecond by what they say, so that their order never depends on how they were read. */
export const inOrder = (lines: readonly LogLine[]): LogLine[] =>
  lines
    .map((line) => ({ line, text: `${line.at} ${line.logicalId} ${JSON.stringify(line.fields)}` }))
    .toSorted((one, other) => (one.text < other.text ? -1 : Number(one.text > other.text)))
    .map(({ line }) => line);

/** Lambda's own lines have no member of this name. */
export const OWN_LINES = ['message'];

/**
 * Reads the functions' lines of a range, in order of time, by CloudWatch Logs' FilterLogEvents: free of charge.
 *
 * @throws the AWS SDK's error.
 */
export async function readLines(
  clients: LogsClient,
  stack: EventStack,
  query: LogQuery,
  signal?: AbortSignal,
): Promise<{ readonly lines: readonly LogLine[]; readonly reading: Reading }> {
  const { ids = OWN_LINES } = query;
  const { texts, isComplete } = await readTexts(clients, stack, { ...query, ids }, signal);
  const lines = inOrder(texts.flatMap((text) => toLine(text) ?? []));
  const since = query.since.toISOString();
  const until = query.until.toISOString();
  return { lines, reading: { lines: texts.length, since, until, isComplete, costUsd: 0 } };
}
