import { RequestError } from './errors.ts';
import { effectId, isRepeatable } from './once/guard.ts';
import { recordKey } from './plan/lanes.ts';
import { type Arrival, requireRequestType } from './request/arrival.ts';
import { type AllowLists, requireAllowed } from './request/limits.ts';
import { type ApiCallRequest, parseRequest } from './request/schema.ts';

/** An arrival that is a request, and may be made. */
export interface Understood {
  readonly request: ApiCallRequest;
  /** Names the effect: the request's own key, else the event's. */
  readonly eventKey: string;
}

/** @throws RequestError saying what of the arrival is not as it should be, or not allowed. */
export function understand(arrival: Arrival, allowed: AllowLists): Understood {
  requireRequestType(arrival);
  const request = parseRequest(arrival.data);
  requireAllowed(request, allowed);
  return { request, eventKey: request.idempotencyKey ?? arrival.eventKey };
}

/** As `understand`, with the refusal as a value. */
export function tryToUnderstand(arrival: Arrival, allowed: AllowLists): Understood | RequestError {
  try {
    return understand(arrival, allowed);
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
}

/** Requests of one lane wait for each other: those on one record, and those that are to take effect only once. */
export const laneOf = ({ request, eventKey }: Understood): string | undefined =>
  recordKey(request) ?? (isRepeatable(request) ? undefined : effectId(request, eventKey));
