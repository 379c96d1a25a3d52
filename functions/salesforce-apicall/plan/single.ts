import { fitPayload } from '../request/fit.ts';
import { requestPath } from '../request/path.ts';
import type { ApiCallRequest } from '../request/schema.ts';
import type { Call } from '../salesforce/call.ts';
import type { ApiCall, Planned } from './types.ts';

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
