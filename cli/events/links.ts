import { sha256 } from '../../functions/common/sha256.ts';
import type { LogLine } from './logs.ts';

/** Of an idempotency key, the lines have only this much of its digest (docs/observability.md, "Follow an event"). */
const digestOf = (key: string): string => sha256(key).slice(0, 32);

/** `urn:webhook:<provider>:delivery:<id>`, in an event's resources. */
const DELIVERY_URN = /^urn:webhook:[a-z]+:delivery:(.+)$/;

/** `parked/<reason>/<date>/<message id>.json`. */
const PARK_KEY = /^parked\/[A-Z_]+\/\d{4}-\d\d-\d\d\/([^/]+)\.json$/;

/** The fields whose values belong to one event, by what they identify: lines with the same value are about the same event. */
const kindOf = {
  delivery: 'delivery',
  eventId: 'event',
  busEventId: 'event',
  sentEventId: 'event',
  messageId: 'message',
  firstMessageId: 'message',
  sentMessageId: 'message',
  keyDigest: 'key',
  replyId: 'reply',
  requestId: 'request',
  effectId: 'effect',
  payloadKey: 'payload',
} as const;

type LinkField = keyof typeof kindOf;

export const linkFields = Object.keys(kindOf) as readonly LinkField[];

/** Fields by which an event is found, although other events can have the same value. */
const sharedFields = ['recordId', 'callId', 'key'] as const;

/** The message in an object of ParkBucket, by its key. */
export const messageIdOfParkKey = (key: string): string | undefined => PARK_KEY.exec(key)?.[1];

export const textIn = ({ fields }: LogLine, name: string): string | undefined => {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** What to look for in the lines, for an id as a person has it. Every line names the empty id. */
export function searchedIds(id: string): string[] {
  if (id === '') return [];
  const [, delivery] = DELIVERY_URN.exec(id) ?? [];
  const parked = messageIdOfParkKey(id);
  return [id, digestOf(id), ...(delivery ? [delivery] : []), ...(parked ? [parked] : [])];
}

/** Whether one of the ids is a value of a line's documented id fields, or a record of a mapping's steps. */
export function names(line: LogLine, ids: ReadonlySet<string>): boolean {
  const fields = [...linkFields, ...sharedFields].map((field) => textIn(line, field) ?? '');
  const steps = (textIn(line, 'steps') ?? '').split(/\W+/);
  return [...fields, ...steps].some((text) => ids.has(text));
}

/** The values by which other lines of the same event are found. */
export const linkValues = (line: LogLine): string[] => {
  const parked = messageIdOfParkKey(textIn(line, 'key') ?? '');
  return [...linkFields.flatMap((field) => textIn(line, field) ?? []), ...(parked ? [parked] : [])];
};

/** Sources of each event id: a CloudEvent's id is unique only within its source. */
function sourcesOf(lines: readonly LogLine[]): ReadonlyMap<string, ReadonlySet<string>> {
  const sources = new Map<string, Set<string>>();
  for (const line of lines) {
    const id = textIn(line, 'eventId');
    const source = textIn(line, 'source');
    if (id === undefined || source === undefined) continue;
    sources.set(id, (sources.get(id) ?? new Set()).add(source));
  }
  return sources;
}

/** What a line is about: each text stands for one thing, and a kind's ids are not mistaken for another's. */
function nodesOf(line: LogLine, sources: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const nodes = linkFields.flatMap((field) => {
    const value = textIn(line, field);
    if (value === undefined) return [];
    const isAmbiguous = field === 'eventId' && (sources.get(value)?.size ?? 0) > 1;
    const source = isAmbiguous ? ` of ${textIn(line, 'source') ?? ''}` : '';
    return [`${kindOf[field]} ${value}${source}`];
  });
  const parked = messageIdOfParkKey(textIn(line, 'key') ?? '');
  return parked === undefined ? nodes : [...nodes, `message ${parked}`];
}

/**
 * Groups lines by event: two lines are about the same one if ids lead from one to the other. A shared API call or Salesforce
 * record leads nowhere. Lines without ids are left out.
 */
export function groupByEvent(lines: readonly LogLine[]): LogLine[][] {
  const sources = sourcesOf(lines);
  const parents = new Map<string, string>();
  const rootOf = (node: string): string => {
    let root = node;
    for (let up = parents.get(root); up !== undefined; up = parents.get(root)) root = up;
    for (let at = node; at !== root; ) {
      const next = parents.get(at) ?? root;
      parents.set(at, root);
      at = next;
    }
    return root;
  };
  const linked = lines.flatMap((line) => {
    const nodes = nodesOf(line, sources);
    const [first, ...others] = nodes;
    if (first === undefined) return [];
    for (const other of others) {
      const [one, two] = [rootOf(first), rootOf(other)];
      if (one !== two) parents.set(two, one);
    }
    return [{ line, node: first }];
  });
  const groups = Map.groupBy(linked, ({ node }) => rootOf(node));
  return [...groups.values()].map((group) => group.map(({ line }) => line));
}
