import { type EventState, eventStates, type Hop } from './trace.ts';

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
    case 'bus':
      return 'on the bus';
    case 'replied':
      return undefined;
    default:
      return 'in progress';
  }
}

type Fields = Hop['fields'];

/** The value of a field in the hops that name a message, by message. */
const byMessage = (hops: readonly Hop[], name: string): ReadonlyMap<unknown, unknown> =>
  new Map(
    hops.flatMap(({ fields }) =>
      fields['messageId'] === undefined || fields[name] === undefined
        ? []
        : [[fields['messageId'], fields[name]] as const],
    ),
  );

/** Finds the message in which a hop's request first arrived, or its invocation. */
function createRequestOf(hops: readonly Hop[]): (fields: Fields) => unknown {
  const firsts = byMessage(hops, 'firstMessageId');
  return ({ messageId, firstMessageId, requestId }) =>
    firstMessageId ?? firsts.get(messageId) ?? messageId ?? requestId;
}

/** Finds the mapping that a hop's message is for: hops of dead-letter messages name it only if its event has several. */
function createMappingOf(
  hops: readonly Hop[],
  requestOf: (fields: Fields) => unknown,
): (fields: Fields) => unknown {
  const ofMessages = byMessage(hops, 'mapping');
  const named = hops.filter(({ fields }) => fields['mapping'] !== undefined);
  const ofRequests = Map.groupBy(named, ({ fields }) => requestOf(fields));
  return (fields) => {
    const known = fields['mapping'] ?? ofMessages.get(fields['messageId']);
    if (known !== undefined) return known;
    const group = ofRequests.get(requestOf(fields)) ?? [];
    const mappings = new Set(group.map((hop) => hop.fields['mapping']));
    return mappings.size === 1 ? [...mappings][0] : undefined;
  };
}

/**
 * What an event has come to: the state of each of its messages, of which several mappings make several, is that after its last
 * hop; the event's is the worst of them.
 *
 * @param hops in order of time.
 */
export function stateOf(hops: readonly Hop[]): EventState {
  const requestOf = createRequestOf(hops);
  const mappingOf = createMappingOf(hops, requestOf);
  const states = new Map<string, EventState>();
  for (const hop of hops) {
    const state = stateAfter(hop);
    const message = JSON.stringify([requestOf(hop.fields), mappingOf(hop.fields)]);
    if (state !== undefined) states.set(message, state);
  }
  return eventStates.find((state) => [...states.values()].includes(state)) ?? 'in progress';
}
