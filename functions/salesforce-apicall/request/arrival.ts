import { type Fields, isFields } from '#common/fields.ts';
import { RequestError } from '../errors.ts';
import { attribute, fromCloudEvent } from './cloud-event.ts';
import { unreadable } from './text.ts';
import type { Arrival } from './types.ts';

export const REQUEST_TYPE = 'io.triggermesh.salesforce.apicall';

function fromBusEvent(event: Fields): Arrival {
  const detail = event['detail'];
  if (isFields(detail) && 'specversion' in detail) return fromCloudEvent(detail);
  const context = {
    id: attribute(event, 'id'),
    source: attribute(event, 'source'),
    type: attribute(event, 'detail-type'),
  };
  return { context, data: detail, eventKey: context.id };
}

/** Where a bare request comes from, which says nothing of itself. */
export interface BareOrigin {
  readonly id: string;
  readonly source: string;
}

/** As the request's schema has it. A longer key is refused later and names nothing: it could be of any length. */
const MAX_KEY_LENGTH = 512;

const isKey = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= MAX_KEY_LENGTH;

function fromBareRequest(data: Fields, { id, source }: BareOrigin): Arrival {
  const named = data['idempotencyKey'];
  const key = isKey(named) ? named : id;
  return { context: { id: key, source, type: REQUEST_TYPE }, data, eventKey: key };
}

/** Tells the forms apart by what each of them must have. A bare request has none of it. */
export function toArrival(value: unknown, origin: BareOrigin): Arrival {
  if (!isFields(value)) return unreadable('the request is not a JSON object');
  if ('specversion' in value) return fromCloudEvent(value);
  if ('detail-type' in value) return fromBusEvent(value);
  return fromBareRequest(value, origin);
}

/** @throws RequestError `event-context` when the event is of a type that this function does not answer. */
export function requireRequestType({ context }: Arrival): void {
  if (context.type === REQUEST_TYPE) return;
  throw new RequestError('event-context', `event type "${context.type}" is not supported`);
}
