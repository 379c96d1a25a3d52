import { apiError } from '../../errors.ts';
import { isObject, malformed } from '../../json.ts';
import type { Org } from '../../org/org.ts';
import type { Resource, RestRequest, RestResponse } from '../../resource.ts';
import { type Part, partsOf, versionNumber } from './parts.ts';
import { runParts, runTransaction } from './run.ts';

const MAX_PARTS = 25;
const MAX_QUERIES_AND_COLLECTIONS = 5;

const resourceOf = ({ url }: Part): string =>
  url.replace(/^\/services\/data\/v[\d.]+/, '').replace(/\?.*$/s, '');

const isQueryOrCollection = (part: Part): boolean =>
  /^\/(query|queryAll|composite\/sobjects)(\/|$)/.test(resourceOf(part));

/** "Send Multiple Requests Using Composite": all other resources are refused. Code and text are guesses. */
function requireSupported(part: Part): void {
  const resource = resourceOf(part);
  const isSupported = isQueryOrCollection(part) || /^\/sobjects(\/|$)/.test(resource);
  if (isSupported) return;
  const message = `The resource ${resource} is not supported in a composite request`;
  throw apiError(400, 'INVALID_INPUT', message);
}

/** The form is reported for 26 parts; the status around it, and that it is the same for queries, are guesses. */
function limitExceeded(message: string): RestResponse {
  const body = [{ errorCode: 'LIMIT_EXCEEDED', message }];
  const refused = { body, httpHeaders: {}, httpStatusCode: 400, referenceId: null };
  return { status: 200, body: { compositeResponse: [refused] } };
}

/** @throws ApiError 400 for the entire request if it is not well formed. */
function flagsOf(body: Readonly<Record<string, unknown>>): { allOrNone: boolean } {
  const { allOrNone = false, collateSubrequests = true } = body;
  if (typeof allOrNone !== 'boolean') throw malformed('allOrNone must be true or false');
  // The order of collated inserts is not guaranteed: here, it is that of the request.
  if (typeof collateSubrequests !== 'boolean')
    throw malformed('collateSubrequests must be true or false');
  return { allOrNone };
}

function composite({ body, inner, version }: RestRequest, org: Org): RestResponse {
  if (!isObject(body)) throw malformed('The request body must be an object with compositeRequest');
  const number = versionNumber(version);
  const { allOrNone } = flagsOf(body);
  const parts = partsOf(body['compositeRequest'], 'compositeRequest', number);
  if (parts.length > MAX_PARTS)
    return limitExceeded(`The request can’t contain more than ${MAX_PARTS} operations.`);
  if (parts.filter(isQueryOrCollection).length > MAX_QUERIES_AND_COLLECTIONS)
    return limitExceeded(
      `The request can’t contain more than ${MAX_QUERIES_AND_COLLECTIONS} query or sObject Collections operations.`,
    );
  const run = { inner, version: number, requireSupported };
  const compositeResponse = allOrNone ? runTransaction(org, parts, run) : runParts(parts, run);
  return { status: 200, body: { compositeResponse } };
}

/** "Get a List of Composite Resources". */
function list({ version }: RestRequest): RestResponse {
  const names = ['tree', 'batch', 'sobjects', 'graph'];
  const body = Object.fromEntries(
    names.map((name) => [name, `/services/data/${version}/composite/${name}`]),
  );
  return { status: 200, body };
}

/** "Send Multiple Requests Using Composite": up to 25 requests in one call. */
export const compositeResource: Resource = {
  path: '/composite',
  methods: { GET: list, POST: composite },
  head: false,
};
