import findMyWay from 'find-my-way';
import { ApiError, apiError, notFound } from './errors.ts';
import type { Org } from './org/org.ts';
import type { Handler, InnerRequest, Method, Resource, RestResponse } from './resource.ts';

const OLDEST = 31;
const NEWEST = 68;
const MAX_PARAMETER_LENGTH = 16_384;
const ANY_METHOD = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The list of `/services/data/`. */
export const versions = (): readonly { label: string; url: string; version: string }[] =>
  Array.from({ length: NEWEST - OLDEST + 1 }, (_, index) => {
    const version = `${OLDEST + index}.0`;
    return { label: `API ${version}`, url: `/services/data/v${version}`, version };
  });

/** @throws ApiError for versions that Salesforce has retired or does not have yet. */
function requireVersion(version: string): void {
  const number = Number(/^v(\d+)\.0$/.exec(version)?.[1]);
  if (number >= OLDEST && number <= NEWEST) return;
  const message = `API version ${version} is not supported`;
  throw apiError(number < OLDEST ? 410 : 404, 'UNSUPPORTED_API_VERSION', message);
}

function allowedOf({ methods, head = true }: Resource): string {
  const allowed = METHODS.filter((method) => methods[method] !== undefined);
  return (head && allowed.includes('GET') ? ['HEAD', ...allowed] : allowed).join(',');
}

/** `POST …?_HttpMethod=PATCH`: for clients that can't send PATCH ("REST API Developer Guide", REST API Architecture). */
const methodOf = ({ method }: InnerRequest, query: URLSearchParams): string =>
  (method === 'POST' ? query.get('_HttpMethod') : null) ?? method;

/** @throws ApiError 405, naming the methods that the resource has. */
function handlerOf(resource: Resource, method: string): Handler {
  const { head = true } = resource;
  const own = METHODS.find((known) => known === (head && method === 'HEAD' ? 'GET' : method));
  const handler = own === undefined ? undefined : resource.methods[own];
  if (handler !== undefined) return handler;
  const message = `HTTP Method '${method}' not allowed. Allowed are ${allowedOf(resource)}`;
  throw apiError(405, 'METHOD_NOT_ALLOWED', message);
}

/**
 * Dot segments are resolved, also encoded ones, as by other servers (a guess: no page says it): an external id that is
 * `..` can't stand in a URL.
 */
function withoutDotSegments(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    const dots = segment.replaceAll(/%2e/gi, '.');
    if (dots === '..') segments.pop();
    if (dots !== '.' && dots !== '..') segments.push(segment);
  }
  return segments.join('/');
}

/** Runs requests below `/services/data/vXX.X`, from HTTP and from inside composite. */
export function createDispatcher(org: Org, resources: readonly Resource[]) {
  const router = findMyWay({ ignoreTrailingSlash: true, maxParamLength: MAX_PARAMETER_LENGTH });
  const onMatch = (): void => undefined;
  for (const resource of resources)
    router.on([...ANY_METHOD], `/services/data/:version${resource.path}`, onMatch, resource);

  const run = (request: InnerRequest): RestResponse => {
    const [path = '', search] = request.url.split(/\?(.*)/s);
    const query = new URLSearchParams(search);
    const found = router.find('GET', withoutDotSegments(path));
    if (found === null) throw notFound();
    const { version = '', ...params } = found.params;
    requireVersion(version);
    const method = methodOf(request, query);
    const definite = Object.entries(params).map(([name, value]) => [name, value ?? '']);
    const full = { ...request, method, version, params: Object.fromEntries(definite), query };
    const handler = handlerOf(found.store, method);
    return org.automation.during(request.headers['sforce-duplicate-rule-header'], () =>
      handler({ ...full, inner: respond }, org),
    );
  };

  /** Like `run`, with errors as responses. */
  const respond = (request: InnerRequest): RestResponse => {
    try {
      return run(request);
    } catch (error) {
      if (error instanceof ApiError) return { status: error.status, body: error.body };
      throw error;
    }
  };

  return { respond };
}
