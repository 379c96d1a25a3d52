import type { EventState, Hop } from './trace.ts';

/** What a hop means for the message that it is about, as long as no later one follows. */
function stateAfter({ kind, fields, isFailure }: Hop): EventState | undefined {
  switch (kind) {
    case 'called':
      return 'succeeded';
    case 'failed':
      return fields['disposition'] === 'retry' ? 'waiting' : 'failed';
    case 'dead-lettered':
    case 'dropped':
      return 'failed';
    case 'rejected':
      return isFailure ? 'failed' : 'ignored';
    case 'deferred':
    case 'spilled':
    case 'waiting':
      return 'waiting';
    case 'parked':
      return 'parked';
    case 'mapped':
      return fields['reason'] === 'unmapped' ? 'ignored' : 'in progress';
    case 'replied':
      return undefined;
    default:
      return 'in progress';
  }
}

/** The message in which the request first arrived, or its invocation. */
const requestOf = ({ fields: { messageId, firstMessageId, requestId } }: Hop): unknown =>
  firstMessageId ?? messageId ?? requestId;

/** The mapping of each request that only one is for: hops in dead-letter queues don't name it. */
function onlyMappings(hops: readonly Hop[]): ReadonlyMap<unknown, unknown> {
  const named = hops.filter(({ fields }) => fields['mapping'] !== undefined);
  const groups = [...Map.groupBy(named, requestOf)];
  return new Map(
    groups.flatMap(([request, group]) => {
      const mappings = new Set(group.map(({ fields }) => fields['mapping']));
      const [only] = mappings;
      return mappings.size === 1 ? [[request, only] as const] : [];
    }),
  );
}

/** Of several mappings' messages, those that do not name theirs have ids of their own. */
function mappingsOfMessages(hops: readonly Hop[]): ReadonlyMap<unknown, unknown> {
  return new Map(
    hops.flatMap(({ fields: { messageId, mapping } }) =>
      messageId === undefined || mapping === undefined ? [] : [[messageId, mapping]],
    ),
  );
}

/** What needs a person most comes first; progress is told only while nothing has come of the event. */
const order: readonly EventState[] = [
  'failed',
  'parked',
  'waiting',
  'succeeded',
  'ignored',
  'in progress',
];

/**
 * What an event has come to: the state of each of its messages, of which several mappings make several, is that after its last
 * hop; the event's is the worst of them.
 *
 * @param hops in order of time.
 */
export function stateOf(hops: readonly Hop[]): EventState {
  const [ofRequests, ofMessages] = [onlyMappings(hops), mappingsOfMessages(hops)];
  const states = new Map<string, EventState>();
  for (const hop of hops) {
    const state = stateAfter(hop);
    const request = requestOf(hop);
    const mapping =
      hop.fields['mapping'] ??
      ofMessages.get(hop.fields['messageId']) ??
      ofRequests.get(request) ??
      '';
    if (state !== undefined) states.set(`${request} ${mapping}`, state);
  }
  return order.find((state) => [...states.values()].includes(state)) ?? 'in progress';
}
