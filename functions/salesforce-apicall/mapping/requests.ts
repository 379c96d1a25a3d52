import { type IncomingRequest, REQUEST_TYPE } from '../request/parse.ts';
import type { WriteRequest } from './ports.ts';

/** A write as an incoming request: from here on, it is treated like that of any other sender. */
export function toIncoming(write: WriteRequest): IncomingRequest {
  const { data, effectKey, eventId, step, isRedelivered, callSize, notMade } = write;
  const [source = ''] = effectKey;
  return {
    context: { id: eventId, source, type: REQUEST_TYPE },
    data,
    eventKey: effectKey,
    isRedelivered,
    callSize,
    notMade,
    mapped: { once: step.verb === 'create' ? step.once : undefined, eventId },
  };
}
