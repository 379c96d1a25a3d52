import pMap from 'p-map';
import type { ProcessedMessage } from '../disposition.ts';
import { asRequestError } from '../errors.ts';
import { isRedriven, type Message, mappingOf } from '../message.ts';
import { failure } from '../outcome/failure-class.ts';
import type { BusEvent, IncomingRequest } from '../request/parse.ts';
import { type RequestResult, rejected } from '../result.ts';
import type { Claims } from './claims.ts';
import type { Mapping } from './definition.ts';
import { isCovered, type MappedTypes, matching, needsClaim, withDetail } from './select.ts';

/** A message of an event, which mappings may be for. */
export interface MappableMessage extends Message {
  readonly request: IncomingRequest & { readonly event: BusEvent };
}

/** Why no mapping that is switched on matches an event, which must not be dropped. */
function describeMissing(mappings: readonly Mapping[], only: string | undefined): string {
  if (only === undefined)
    return 'no mapping that is switched on (parameter Mappings) matches the event';
  if (mappings.some(({ name }) => name === only))
    return `mapping "${only}" no longer matches the event: what its on: names has changed`;
  return `mapping "${only}" is not switched on: add it to the parameter Mappings; if it was renamed or deleted, restore it`;
}

function noMapping(mappings: readonly Mapping[], only: string | undefined): RequestResult {
  const outcome = failure('no-mapping', 'NO_MAPPING', describeMissing(mappings, only));
  const mapping = only === undefined ? {} : { mapping: { mapping: only } };
  return { kind: 'finished', code: 'event-context', outcome: { ...outcome, ...mapping } };
}

const notMapped = ({ 'detail-type': type }: BusEvent): RequestResult => ({
  kind: 'finished',
  code: 'event-context',
  outcome: failure(
    'permanent-data',
    'event-context',
    `event type "${type}" is not supported, and no mapping that is switched on (parameter Mappings) matches the event`,
  ),
});

/** A message's event with its whole detail, and the mappings that it is for; or the message's result without any. */
export type Selected =
  | { readonly message: Message; readonly event: BusEvent; readonly mappings: readonly Mapping[] }
  | ProcessedMessage;

/** Claim checks whose payloads are read at the same time. */
const CLAIM_CONCURRENCY = 5;

interface Selecting {
  readonly mappings: readonly Mapping[];
  readonly types: MappedTypes;
}

async function select(
  message: MappableMessage,
  { mappings, types }: Selecting,
  claims: Claims,
): Promise<Selected> {
  const { sqsRecord, request } = message;
  let { event } = request;
  const isSent = isCovered(event, types);
  if (needsClaim(event, mappings)) {
    const claimed = await claims.read(event);
    if ('kind' in claimed) return { message, result: claimed };
    event = withDetail(event, claimed.detail);
  }
  const only = mappingOf(sqsRecord);
  const matched = matching(event, mappings, only);
  if (matched.length > 0) return { message, event, mappings: matched };
  if (only !== undefined) {
    const result = noMapping(mappings, only);
    return { message: { ...message, mapped: { mapping: only } }, result };
  }
  if (!isSent) return { message, result: notMapped(event) };
  if (isRedriven(sqsRecord)) return { message, result: noMapping(mappings, only) };
  return { message, result: { kind: 'ignored', reason: 'unmapped' } };
}

/** Selects the mappings of messages, in order. None of them makes another fail. */
export const selectAll = (
  messages: readonly MappableMessage[],
  selecting: Selecting,
  claims: Claims,
): Promise<Selected[]> =>
  pMap(
    messages,
    (message) =>
      select(message, selecting, claims).catch((error: unknown) => ({
        message,
        result: rejected(asRequestError(error)),
      })),
    { concurrency: CLAIM_CONCURRENCY },
  );
