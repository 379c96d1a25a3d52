import { type BusEvent, REQUEST_TYPE } from '../request/parse.ts';
import type { Mapping } from './definition.ts';
import { matchesPattern } from './pattern.ts';

/** What MappingRule sends to the queue: each of these sources with each of these types, and their claim checks. */
export interface MappedTypes {
  readonly sources: ReadonlySet<string>;
  readonly detailTypes: ReadonlySet<string>;
}

const CLAIM_CHECK = '.claim-check';

/** The type of the event that a claim check stands for; `undefined`: it is none. */
const claimedType = ({ 'detail-type': type }: BusEvent): string | undefined =>
  type.endsWith(CLAIM_CHECK) ? type.slice(0, -CLAIM_CHECK.length) : undefined;

/** Whether MappingRule sends an event. */
export const isCovered = (event: BusEvent, { sources, detailTypes }: MappedTypes): boolean =>
  sources.has(event.source) && detailTypes.has(claimedType(event) ?? event['detail-type']);

/**
 * Whether an event is for mappings at all: not the request that its type says it is.
 *
 * @param only the mapping that its message names, which may be off.
 */
export const isMappable = (
  event: BusEvent,
  mappings: readonly Mapping[],
  types: MappedTypes,
  only: string | undefined,
): boolean =>
  event['detail-type'] !== REQUEST_TYPE &&
  (only !== undefined ||
    (mappings.length > 0 &&
      (isCovered(event, types) || mappings.some((mapping) => hasType(mapping, event)))));

function hasType({ on }: Mapping, event: BusEvent): boolean {
  const type = claimedType(event) ?? event['detail-type'];
  return on.source.includes(event.source) && on['detail-type'].includes(type);
}

/** Whether the event's body has to be read before its detail can be matched: a claim check that a mapping may be for. */
export const needsClaim = (event: BusEvent, mappings: readonly Mapping[]): boolean =>
  claimedType(event) !== undefined && mappings.some((mapping) => hasType(mapping, event));

/** The event that a claim check stands for. */
export const withDetail = (event: BusEvent, detail: unknown): BusEvent => ({
  ...event,
  'detail-type': claimedType(event) ?? event['detail-type'],
  detail,
});

/**
 * The mappings that an event is for.
 *
 * @param only the mapping that its message names; absent: all that match.
 */
export const matching = (
  event: BusEvent,
  mappings: readonly Mapping[],
  only: string | undefined,
): Mapping[] =>
  mappings.filter(
    ({ name, on }) => (only === undefined || only === name) && matchesPattern(on, event),
  );

/**
 * The mappings that the parameter `Mappings` switches on: a list of names, or `*`.
 *
 * @throws Error naming those that were not built.
 */
export function enabledMappings(
  compiled: readonly Mapping[],
  names: readonly string[],
): readonly Mapping[] {
  if (names.includes('*')) return compiled;
  const unknown = names.filter((name) => !compiled.some((mapping) => mapping.name === name));
  if (unknown.length > 0)
    throw new Error(`Mappings names mappings that there are not: ${unknown.join(', ')}`);
  return compiled.filter(({ name }) => names.includes(name));
}

/** The enabled mappings of which MappingRule does not send every event. */
export const uncovered = (
  mappings: readonly Mapping[],
  { sources, detailTypes }: MappedTypes,
): string[] =>
  mappings.flatMap(({ name, on }) => {
    const isSent =
      on.source.every((source) => sources.has(source)) &&
      on['detail-type'].every((type) => detailTypes.has(type));
    return isSent ? [] : [name];
  });
