import { apiError } from '../../errors.ts';
import { isObject, malformed } from '../../json.ts';
import type { Org } from '../../org/org.ts';
import type { Resource, RestRequest, RestResponse } from '../../resource.ts';

const MAX_REQUESTS = 25;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

interface BatchRequest {
  readonly method: string;
  /** With `/services/data`. */
  readonly url: string;
  readonly body: unknown;
}

/** @throws ApiError 400 that fails the entire request: the guide says when, codes and texts are guesses. */
function toRequest(value: unknown, index: number): BatchRequest {
  const where = `batchRequests[${index}]`;
  if (!isObject(value)) throw malformed(`${where} must be an object`);
  const { method, url, richInput } = value;
  if (typeof method !== 'string' || !METHODS.includes(method))
    throw malformed(`${where}.method must be one of ${METHODS.join(', ')}`);
  const [, path] = /^(?:\/?services\/data\/)?(v\d+\.\d+\/.+)$/s.exec(String(url)) ?? [];
  if (path === undefined) throw malformed(`${where}.url must start with vXX.X/, but is ${url}`);
  return { method, url: `/services/data/${path}`, body: richInput };
}

/** "Composite Batch": other resources are refused. Code and text are guesses. */
function requireSupported({ url }: BatchRequest): void {
  if (
    /^\/services\/data\/v[\d.]+\/(limits|sobjects|query|queryAll|search|connect|chatter|actions)\b/.test(
      url,
    )
  )
    return;
  throw apiError(400, 'INVALID_INPUT', `The resource ${url} is not supported in a batch`);
}

const HALTED: RestResponse = {
  status: 412,
  body: [{ errorCode: 'BATCH_PROCESSING_HALTED', message: 'Batch processing halted per request' }],
};

const isError = ({ status }: RestResponse): boolean => status >= 400;

/** @throws ApiError 400 that fails the entire request. */
function requestsOf(body: unknown): { requests: BatchRequest[]; haltOnError: boolean } {
  if (!isObject(body) || !Array.isArray(body['batchRequests']))
    throw malformed('The request body must be an object with an array of batchRequests');
  const requests = body['batchRequests'].map(toRequest);
  const message = `A batch can't contain more than ${MAX_REQUESTS} requests`;
  if (requests.length > MAX_REQUESTS) throw apiError(400, 'LIMIT_EXCEEDED', message);
  for (const request of requests) requireSupported(request);
  return { requests, haltOnError: body['haltOnError'] === true };
}

function batch({ body, inner }: RestRequest, { settings }: Org): RestResponse {
  const { requests, haltOnError } = requestsOf(body);
  const responses: RestResponse[] = [];
  for (const request of requests) {
    const isHalted = haltOnError && responses.some(isError);
    // Each request counts against the limits; the first is counted as the call itself.
    if (responses.length > 0 && !isHalted) settings.countApiRequest();
    responses.push(isHalted ? HALTED : inner({ ...request, headers: {} }));
  }
  const results = responses.map((response) => ({
    statusCode: response.status,
    result: response.body ?? null,
  }));
  return { status: 200, body: { hasErrors: responses.some(isError), results } };
}

/** "Composite Batch": up to 25 independent requests, each of which counts as a call. */
export const compositeBatch: Resource = { path: '/composite/batch', methods: { POST: batch } };
