import type { ApiCallRequest } from '../request/schema.ts';
import { fitPayload, requestPath } from '../request/url.ts';
import type { Answer, Call } from '../salesforce/client.ts';

/** A request that is to be made; whoever plans may know more of it. */
export interface Planned {
  readonly request: ApiCallRequest;
}

/** One API call and the requests that it makes. */
export interface ApiCall<Item extends Planned> {
  readonly items: readonly Item[];
  readonly call: Call;
  /** Whether the request has failed in a call before and is made once more, now alone. */
  readonly isRepeat?: true;
  /**
   * The answer that each request would have had on its own, in order; `undefined` when the call failed as a whole, so
   * that nothing is said of any of them.
   */
  readonly toAnswers: (answer: Answer) => Answer[] | undefined;
}

export interface PlanOptions {
  /** `v68.0`. */
  readonly apiVersion: string;
  /** Records in one collection call, at most 200; fewer for objects whose automation has failed on more. */
  readonly maxRecordsOf: (type: string) => number;
}

/** HTTP gives a body no meaning there ("HTTP Semantics", RFC 9110). */
const hasNoBody = ({ action }: ApiCallRequest): boolean => action === 'GET' || action === 'HEAD';

export const jsonHeaders = { 'content-type': 'application/json', accept: 'application/json' };

/** The payload as it is sent, if the action has one. */
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
export const singleCall = <Item extends Planned>(
  item: Item,
  apiVersion: string,
): ApiCall<Item> => ({
  items: [item],
  call: toCall(item.request, apiVersion),
  toAnswers: (answer) => [answer],
});
