import { isJsonObject } from '#common/json.ts';
import type { ApiCallRequest } from '../request/schema.ts';
import { requestPath } from '../request/url.ts';
import type { ApiResponse } from '../salesforce/client.ts';
import { type ApiCall, bodyOf, jsonHeaders, type PlannedRequest } from './single.ts';

/** Subrequests of one call, and how many of them may be queries ("Composite", REST API Developer Guide). */
export const MAX_SUBREQUESTS = 25;

/** How many of them may be queries. */
export const MAX_QUERIES = 5;

const METHODS = new Set(['GET', 'POST', 'PATCH', 'DELETE']);

/** Blob fields are returned as bytes, which a JSON response cannot contain. */
const isBlob = ({ record = '' }: ApiCallRequest): boolean =>
  /\/[A-Za-z]*(Body|Data|Content)$/.test(record);

/** `@{…}` refers to another subrequest's response, so text that contains it would not be sent unchanged. */
const holdsReference = ({ payload, query, record }: ApiCallRequest): boolean =>
  /@\{/.test(JSON.stringify([payload, query, record]));

/** Whether a request may be a subrequest: it is about records of objects, and has no headers of its own. */
export function fitsComposite(request: ApiCallRequest): boolean {
  const { action, resource, object, headers } = request;
  if (resource.toLowerCase() !== 'sobjects' || object === undefined) return false;
  const hasHeaders = headers !== undefined && Object.keys(headers).length > 0;
  return METHODS.has(action) && !hasHeaders && !isBlob(request) && !holdsReference(request);
}

function toResponse(response: unknown): ApiResponse {
  if (!isJsonObject(response)) return { status: 500, headers: {}, body: '' };
  const { httpStatusCode, body } = response;
  return { status: Number(httpStatusCode), headers: {}, body: body ?? undefined };
}

function toResponses({ status, body }: ApiResponse, count: number): ApiResponse[] | undefined {
  const responses = isJsonObject(body) ? body['compositeResponse'] : undefined;
  if (status !== 200 || !Array.isArray(responses) || responses.length !== count) return undefined;
  return responses.map(toResponse);
}

/** One composite call. Each subrequest succeeds or fails on its own. */
export function compositeCall<Item extends PlannedRequest>(
  items: readonly Item[],
  apiVersion: string,
): ApiCall<Item> {
  const compositeRequest = items.map(({ request }, index) => ({
    method: request.action,
    url: requestPath(request, apiVersion),
    referenceId: `request${index}`,
    body: bodyOf(request),
  }));
  return {
    items,
    call: {
      method: 'POST',
      path: `/services/data/${apiVersion}/composite`,
      headers: jsonHeaders,
      body: JSON.stringify({ allOrNone: false, compositeRequest }),
    },
    toResponses: (response) => toResponses(response, items.length),
  };
}
