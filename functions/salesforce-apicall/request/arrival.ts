import { RequestError } from '../errors.ts';

export const REQUEST_TYPE = 'io.triggermesh.salesforce.apicall';

/** Who asks, in CloudEvents' words: what a reply is correlated by. */
export interface Context {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** TriggerMesh's bridge extensions, copied to the reply. */
  readonly statefulbridge?: string;
  readonly statefulid?: string;
}

/** A request as it arrived: its data is not yet looked at. */
export interface Arrival {
  readonly context: Context;
  readonly data: unknown;
  /** Names the event for the once-only guard when the request names none: stable over retries and redrives. */
  readonly eventKey: string;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const stateful = (fields: Fields): Pick<Context, 'statefulbridge' | 'statefulid'> => ({
  ...(typeof fields['statefulbridge'] === 'string'
    ? { statefulbridge: fields['statefulbridge'] }
    : {}),
  ...(typeof fields['statefulid'] === 'string' ? { statefulid: fields['statefulid'] } : {}),
});

/** A structured CloudEvent (CloudEvents 1.0, "JSON Event Format"): from a queue, a bus event's detail or HTTP. */
export function fromCloudEvent(event: Fields): Arrival {
  const context = {
    id: text(event['id']),
    source: text(event['source']),
    type: text(event['type']),
    ...stateful(event),
  };
  if (context.id === '' || context.source === '') {
    throw new RequestError('event-context', 'a CloudEvent needs the attributes id and source');
  }
  return { context, data: dataOf(event), eventKey: `${context.source}/${context.id}` };
}

/** Go's CloudEvents SDK, and so Knative, writes data that it holds as bytes in base64. */
function dataOf({ data, data_base64: base64 }: Fields): unknown {
  if (data !== undefined || typeof base64 !== 'string') return data;
  return parseJson(Buffer.from(base64, 'base64').toString('utf8'));
}

function fromBusEvent(event: Fields): Arrival {
  const detail = event['detail'];
  if (isFields(detail) && 'specversion' in detail) return fromCloudEvent(detail);
  const context = {
    id: text(event['id']),
    source: text(event['source']),
    type: text(event['detail-type']),
  };
  return { context, data: detail, eventKey: context.id };
}

/** Where a bare request comes from, which says nothing of itself. */
export interface BareOrigin {
  readonly id: string;
  readonly source: string;
}

function fromBareRequest(data: Fields, { id, source }: BareOrigin): Arrival {
  const key = typeof data['idempotencyKey'] === 'string' ? data['idempotencyKey'] : id;
  return { context: { id: key, source, type: REQUEST_TYPE }, data, eventKey: key };
}

/** Tells the forms apart by what each of them must have. A bare request has none of it. */
export function toArrival(value: unknown, origin: BareOrigin): Arrival {
  if (!isFields(value))
    throw new RequestError('request-parsing', 'the request is not a JSON object');
  if ('specversion' in value) return fromCloudEvent(value);
  if ('detail-type' in value) return fromBusEvent(value);
  return fromBareRequest(value, origin);
}

/** @throws RequestError `event-context` when the event is of a type that this function does not answer. */
export function requireRequestType({ context }: Arrival): void {
  if (context.type === REQUEST_TYPE) return;
  throw new RequestError('event-context', `event type "${context.type}" is not supported`);
}

/** @throws RequestError `request-parsing` when the text is not JSON. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new RequestError('request-parsing', 'the request is not JSON');
  }
}
