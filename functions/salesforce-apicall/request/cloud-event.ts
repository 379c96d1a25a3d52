import type { Fields } from '#common/fields.ts';
import { RequestError } from '../errors.ts';
import { fromBase64, isJsonType, parseJson, unreadable } from './text.ts';
import type { Arrival, Context } from './types.ts';

/** Attributes go back in replies and dead letters, which have to stay within a message's size. */
const MAX_ATTRIBUTE_LENGTH = 1024;

const PLAIN = /^\P{Cc}+$/u;

/**
 * A required attribute of a CloudEvent or of a bus event.
 *
 * @throws RequestError `event-context` when it is missing, empty, too long or holds control characters.
 */
export function attribute(event: Fields, name: string): string {
  const value = event[name];
  const isText = typeof value === 'string' && value.length <= MAX_ATTRIBUTE_LENGTH;
  if (isText && PLAIN.test(value)) return value;
  throw new RequestError(
    'event-context',
    `event attribute ${name}: must be 1 to ${MAX_ATTRIBUTE_LENGTH} characters, no control characters`,
  );
}

/** What the event says of itself, as `attribute` checks it, and that its version is the one that is read here. */
export function contextOf(event: Fields): Context {
  if (event['specversion'] !== '1.0')
    throw new RequestError('event-context', 'event attribute specversion: must be "1.0"');
  const { statefulbridge, statefulid } = event;
  return {
    id: attribute(event, 'id'),
    source: attribute(event, 'source'),
    type: attribute(event, 'type'),
    ...(statefulbridge === undefined ? {} : { statefulbridge: attribute(event, 'statefulbridge') }),
    ...(statefulid === undefined ? {} : { statefulid: attribute(event, 'statefulid') }),
  };
}

/** Go's CloudEvents SDK, and so Knative, writes data that it holds as bytes in base64. */
function dataOf({ data, data_base64: base64, datacontenttype: type }: Fields): unknown {
  if (type !== undefined && !(typeof type === 'string' && isJsonType(type)))
    return unreadable('datacontenttype: must be application/json');
  if (base64 === undefined) return data;
  if (data !== undefined) return unreadable('data, data_base64: only one of them may be there');
  if (typeof base64 !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64))
    return unreadable('data_base64: must be base64');
  return parseJson(fromBase64(base64));
}

/** A structured CloudEvent (CloudEvents 1.0, "JSON Event Format"): from a queue, a bus event's detail or HTTP. */
export function fromCloudEvent(event: Fields): Arrival {
  const context = contextOf(event);
  return { context, data: dataOf(event), eventKey: `${context.source}/${context.id}` };
}
