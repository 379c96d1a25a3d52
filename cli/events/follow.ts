import type { AwsClients } from '../aws.ts';
import { hopsOf } from './hops/hops.ts';
import { groupByEvent, linkValues, names, searchedIds, textIn } from './links.ts';
import { inOrder, type LogLine, readLines } from './logs.ts';
import type { EventStack } from './stack.ts';
import { stateOf } from './state.ts';
import { type Found, findPayloads } from './stores.ts';
import { summaryOf } from './summary.ts';
import type { EventSummary, EventTrace, Reading } from './trace.ts';

export interface TraceOptions {
  readonly clients: Pick<AwsClients, 'logs' | 's3' | 'sqs'>;
  readonly stack: EventStack;
  readonly since: Date;
  readonly until: Date;
  /** Told of each reading of the log groups, before it begins. */
  readonly onReading?: (since: Date) => void;
}

/** From a delivery to an event, a message, its dead-letter message, the redriven one and its reply: six steps, and two to spare. */
const MAX_ROUNDS = 8;

/** Of one event, and of those that share a record or an API call with it. */
const MAX_LINES = 2_000;

interface Followed {
  readonly lines: readonly LogLine[];
  readonly reading: Reading;
}

/** A Salesforce record or an API call can be that of a thousand. */
const MAX_EVENTS = 10;

const lastOf = (event: readonly LogLine[]): string =>
  event
    .map(({ at }) => at)
    .toSorted()
    .at(-1) ?? '';

/** Lines by event, the latest first. */
const latestEvents = (lines: readonly LogLine[]): LogLine[][] =>
  groupByEvent(lines)
    .toSorted((one, other) => (lastOf(one) < lastOf(other) ? 1 : -1))
    .slice(0, MAX_EVENTS);

/** A function's clock, and the order in which lines are written, can be off by less. */
const SLACK_MS = 60_000;

/**
 * Where the lines of an event begin: its webhook, or its first request, once the whole range was searched for the delivery's or
 * event's id. Of an event that came out of SpillQueue, the first line found may have neither: there are earlier ones.
 */
function beginningOf(event: readonly LogLine[], searched: ReadonlySet<string>): number | undefined {
  const [first] = inOrder(event);
  if (first === undefined) return undefined;
  const isWebhook = textIn(first, 'message')?.startsWith('webhook ') === true;
  const id = textIn(first, isWebhook ? 'delivery' : 'eventId');
  return id !== undefined && searched.has(id) ? Date.parse(first.at) : undefined;
}

/** From when on lines can lead further: nothing is about an event before it begins. */
function narrow(since: Date, lines: readonly LogLine[], searched: ReadonlyMap<string, Date>): Date {
  const whole = [...searched].flatMap(([id, from]) => (from === since ? [id] : []));
  const ids = new Set(whole);
  const begins = groupByEvent(lines).map((event) => beginningOf(event, ids));
  const first = Math.min(...begins.map((at) => at ?? Number.NEGATIVE_INFINITY));
  return Number.isFinite(first) ? new Date(Math.max(since.getTime(), first - SLACK_MS)) : since;
}

/** The lines that name one of the ids. */
async function readNaming(
  ids: readonly string[],
  { clients, stack, since, until, onReading }: TraceOptions,
  signal?: AbortSignal,
) {
  onReading?.(since);
  const query = { since, until, ids, limit: MAX_LINES };
  const { lines, reading } = await readLines(clients, stack, query, signal);
  const wanted = new Set(ids);
  // A text of the line can contain the id without being one.
  return { naming: lines.filter((line) => names(line, wanted)), reading };
}

/** Reads the lines that name the id, then those that these lead to, until no more ids appear. */
async function followIds(
  id: string,
  options: TraceOptions,
  signal?: AbortSignal,
): Promise<Followed> {
  const { since, until } = options;
  /** Ids, and from when on lines were searched for them. */
  const searched = new Map<string, Date>();
  const lines = new Map<string, LogLine>();
  let wanted = searchedIds(id);
  let isComplete = true;
  let read = 0;
  for (let round = 0; wanted.length > 0 && round < MAX_ROUNDS; round += 1) {
    const from = narrow(since, [...lines.values()], searched);
    const range = { ...options, since: from };
    const { naming, reading: page } = await readNaming(wanted, range, signal);
    const found = round === 0 ? latestEvents(naming).flat() : naming;
    for (const line of found) lines.set(JSON.stringify(line), line);
    for (const one of wanted) searched.set(one, from);
    read += page.lines;
    isComplete &&= page.isComplete;
    wanted = [...new Set(found.flatMap(linkValues))].filter((one) => !searched.has(one));
  }
  const reading = {
    lines: read,
    since: since.toISOString(),
    until: until.toISOString(),
    isComplete: isComplete && wanted.length === 0,
    costUsd: 0,
  };
  return { lines: [...lines.values()], reading };
}

/** Names of id fields → their values, in the order in which they appear. */
function idsOf(hops: EventTrace['hops']): Record<string, string[]> {
  const fields = hops.flatMap((hop) => Object.entries(hop.fields));
  const ids = fields.filter(([name]) => isIdField(name));
  const values = Map.groupBy(ids, ([name]) => name);
  return Object.fromEntries(
    [...values].map(([name, all]) => [name, [...new Set(all.map(([, value]) => String(value)))]]),
  );
}

const isIdField = (name: string): boolean =>
  /^(delivery|keyDigest|key|payloadKey)$|Id$/.test(name) && name !== 'callId';

/** What several events that share the id are listed by. */
export interface TraceResult extends EventTrace {
  /** Up to nine other events that the id names, such as those of the same Salesforce record; the trace is that of the latest. */
  readonly others: readonly EventSummary[];
}

/**
 * Finds an event by any id of it (its delivery, event, message, reply, Salesforce record, API call or park key, or an
 * idempotency key) and follows it through the functions' log lines and the queues and buckets.
 *
 * A store that the caller may not search is told in `unread`. Messages are received only from dead-letter queues, at most 50 of each, and given back at once.
 *
 * @returns without hops and payloads if nothing in the range names the id.
 * @throws the AWS SDK's error.
 */
export async function traceEvent(
  id: string,
  options: TraceOptions,
  signal?: AbortSignal,
): Promise<TraceResult> {
  const { lines, reading } = await followIds(id, options, signal);
  const ids = new Set(searchedIds(id));
  const events = latestEvents(lines).filter((one) => one.some((line) => names(line, ids)));
  const [event = [], ...others] = events;
  const told = hopsOf(event);
  const values = new Set([...ids, ...event.flatMap(linkValues)]);
  const found: Found = await findPayloads(values, told, options);
  const hops = told.length > 0 ? told : found.hops;
  return {
    id,
    ids: idsOf(hops),
    state: stateOf(hops),
    hops,
    payloads: found.payloads,
    unread: found.unread,
    reading,
    others: others.flatMap((one) => summaryOf(one) ?? []),
  };
}
