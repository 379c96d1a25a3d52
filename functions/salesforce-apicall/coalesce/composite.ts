import { isJsonObject, type JsonObject } from '#common/json.ts';
import { unsafeExternalId } from '../request/external-id.ts';
import type { ApiCallRequest } from '../request/schema.ts';
import { requestPath } from '../request/url.ts';
import type { ApiResponse } from '../salesforce/client.ts';
import {
  type ApiCall,
  bodyOf,
  jsonHeaders,
  type PlannedRequest,
  type SharedResponses,
} from './single.ts';

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

/** Whether a request may be a subrequest: it is about records of objects, has no headers of its own, and a URL that carries it. */
export function fitsComposite(request: ApiCallRequest): boolean {
  const { action, resource, object, headers } = request;
  if (resource.toLowerCase() !== 'sobjects' || object === undefined) return false;
  const hasHeaders = headers !== undefined && Object.keys(headers).length > 0;
  if (unsafeExternalId(request) !== undefined) return false;
  return METHODS.has(action) && !hasHeaders && !isBlob(request) && !holdsReference(request);
}

const referenceOf = (index: number): string => `request${index}`;

/** `undefined` for what is not a subresponse. */
function toResponse({ httpStatusCode: status, body }: JsonObject): ApiResponse | undefined {
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 100) return undefined;
  return { status, headers: {}, body: body ?? undefined };
}

/** A call that was refused for its form, such as for too many subrequests, has one subresponse, of no subrequest. */
const isRefusal = (subresponses: readonly JsonObject[]): boolean =>
  subresponses.length === 1 &&
  subresponses.every((one) => one['referenceId'] === null && (toResponse(one)?.status ?? 0) >= 400);

/** Subresponses name their subrequests ("Composite Subrequest Result"): their order means nothing. */
function toResponses({ status, body }: ApiResponse, count: number): SharedResponses {
  const list = isJsonObject(body) ? body['compositeResponse'] : undefined;
  if (status !== 200 || !Array.isArray(list)) return undefined;
  const subresponses = list.filter(isJsonObject);
  const byReference = Map.groupBy(subresponses, ({ referenceId }) => referenceId);
  return Array.from({ length: count }, (_, index) => {
    const own = isRefusal(subresponses) ? subresponses : byReference.get(referenceOf(index));
    return own?.length === 1 ? own.map(toResponse)[0] : undefined;
  });
}

/** One composite call. Each subrequest succeeds or fails on its own. */
export function compositeCall<Item extends PlannedRequest>(
  items: readonly Item[],
  apiVersion: string,
): ApiCall<Item> {
  const compositeRequest = items.map(({ request }, index) => ({
    method: request.action,
    url: requestPath(request, apiVersion),
    referenceId: referenceOf(index),
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
