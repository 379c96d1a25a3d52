import { hopsOf } from './hops/hops.ts';
import type { LogLine } from './logs.ts';
import { stateOf } from './state.ts';
import type { EventSummary, Hop } from './trace.ts';

/** The field's value in the last hop that has it. */
const last = (hops: readonly Hop[], name: string): string | undefined => {
  const hop = hops.findLast(({ fields }) => fields[name] !== undefined);
  return hop === undefined ? undefined : String(hop.fields[name]);
};

/** The ids of an event, the most useful one first. */
const idNames = ['eventId', 'delivery', 'firstMessageId', 'messageId', 'requestId', 'replyId'];

/** Why it is not where it should be; nothing of attempts that a later one made good. */
function problemOf(hops: readonly Hop[], state: EventSummary['state']) {
  if (state === 'succeeded' || state === 'ignored') return {};
  return { errorCode: last(hops, 'errorCode'), failureClass: last(hops, 'class') };
}

const withoutAbsent = <Texts extends Readonly<Record<string, string | undefined>>>(texts: Texts) =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));

/** What the lines of one event tell; `undefined` if none of them tells about an event, or it has no id. */
export function summaryOf(lines: readonly LogLine[]): EventSummary | undefined {
  const hops = hopsOf(lines);
  const [first] = hops;
  const latest = hops.at(-1);
  const id = idNames.map((name) => last(hops, name)).find((one) => one !== undefined);
  if (first === undefined || latest === undefined || id === undefined) return undefined;
  const state = stateOf(hops);
  const texts = {
    provider: last(hops, 'provider'),
    source: last(hops, 'source'),
    detailType: last(hops, 'detailType'),
    delivery: last(hops, 'delivery'),
    mapping: last(hops, 'mapping'),
    object: last(hops, 'object'),
    recordId: last(hops, 'recordId'),
    ...problemOf(hops, state),
  };
  return { id, at: first.at, lastAt: latest.at, state, ...withoutAbsent(texts) };
}
