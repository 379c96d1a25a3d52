import type { Success } from '../outcome/failure-class.ts';
import { isRepeatable } from '../request/idempotency-key.ts';
import type { ApiCallRequest } from '../request/schema.ts';
import { fitPayload, requestPath } from '../request/url.ts';
import type { ApiResponse, Call } from '../salesforce/client.ts';

/** A unique field of the record that a create makes, and its value: Salesforce refuses to make a second one. */
export interface EventIdKey {
  readonly field: string;
  readonly key: string;
}

/** A request to be made. Callers may add properties. */
export interface PlannedRequest {
  readonly request: ApiCallRequest;
  /** Present for a create that takes effect once by itself. */
  readonly eventIdKey?: EventIdKey | undefined;
  /** A read for a mapping: queries share a Composite call. Those of senders are made as they ask for them. */
  readonly isLookup?: true;
}

/** Whether a request may be made again although it may have taken effect. */
export const canRepeat = ({ request, eventIdKey }: PlannedRequest): boolean =>
  isRepeatable(request) || eventIdKey !== undefined;

/**
 * The response that each request would have got on its own, in order; `undefined` in place of one that the call's response
 * doesn't tell, and in place of all if it says nothing about single requests, as when the call failed as a whole.
 */
export type SharedResponses = readonly (ApiResponse | undefined)[] | undefined;

/** One API call and the requests that it makes. */
export interface ApiCall<Item extends PlannedRequest> {
  readonly items: readonly Item[];
  readonly call: Call;
  /** The request failed in a call that it shared, and is sent again alone. */
  readonly isResend?: true;
  readonly toResponses: (response: ApiResponse) => SharedResponses;
  /** The call that makes the request after this one has succeeded, which only looked its record up. */
  readonly follow?: (found: Success) => ApiCall<Item>;
}

/** The body of these has no meaning ("HTTP Semantics", RFC 9110). */
const hasNoBody = ({ action }: ApiCallRequest): boolean => action === 'GET' || action === 'HEAD';

export const jsonHeaders = { 'content-type': 'application/json', accept: 'application/json' };

/** The payload as it is sent; `undefined` for actions without a body. */
export const bodyOf = (request: ApiCallRequest): ApiCallRequest['payload'] =>
  hasNoBody(request) ? undefined : fitPayload(request);

function toCall(request: ApiCallRequest, apiVersion: string): Call {
  const payload = bodyOf(request);
  return {
    method: request.action,
    path: requestPath(request, apiVersion),
    headers: { ...request.headers, ...jsonHeaders },
    ...(payload === undefined ? {} : { body: JSON.stringify(payload) }),
  };
}

/** A request in a call of its own. */
export const singleCall = <Item extends PlannedRequest>(
  item: Item,
  apiVersion: string,
): ApiCall<Item> => ({
  items: [item],
  call: toCall(item.request, apiVersion),
  toResponses: (response) => [response],
});
