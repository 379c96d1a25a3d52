import type { AwsClients } from '../aws.ts';
import { hopsOf } from './hops/hops.ts';
import { groupByEvent, linkValues, names, searchedIds } from './links.ts';
import { type LogLine, readLines } from './logs.ts';
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

/** Reads the lines that name the id, then those that these lead to, until no more ids appear. */
async function followIds(
  id: string,
  { clients, stack, since, until }: TraceOptions,
  signal?: AbortSignal,
): Promise<Followed> {
  const known = new Set<string>();
  const lines = new Map<string, LogLine>();
  let wanted = searchedIds(id);
  let isComplete = true;
  let read = 0;
  for (let round = 0; wanted.length > 0 && round < MAX_ROUNDS; round += 1) {
    const query = { since, until, ids: wanted, limit: MAX_LINES };
    const page = await readLines(clients, stack, query, signal);
    const ids = new Set(wanted);
    // A text of the line can contain the id without being one.
    const naming = page.lines.filter((line) => names(line, ids));
    const found = round === 0 ? latestEvents(naming).flat() : naming;
    for (const line of found) lines.set(JSON.stringify(line), line);
    for (const one of wanted) known.add(one);
    read += page.reading.lines;
    isComplete &&= page.reading.isComplete;
    wanted = [...new Set(found.flatMap(linkValues))].filter((one) => !known.has(one));
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
 * Messages are received only from dead-letter queues, at most 50 of each, and given back at once.
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
    reading,
    others: others.flatMap((one) => summaryOf(one) ?? []),
  };
}
