import { apiError } from '../../errors.ts';
import { isObject, malformed } from '../../json.ts';
import type { Org } from '../../org/org.ts';
import type { Resource, RestRequest, RestResponse } from '../../resource.ts';
import { type Part, type PartResult, partsOf, versionNumber } from './parts.ts';
import { referencesIn } from './references.ts';
import { haltedResult, runTransaction } from './run.ts';

/** "Composite Graph Limits". */
const MAX_GRAPHS = 75;
const MAX_DEPTH = 15;
const MAX_NODES = 500;
const MAX_DIFFERENT_NODES = 15;
const MAX_FAILED_GRAPHS = 14;

const MAX_ID_LENGTH = 39;
const FIRST_VERSION = 50;

interface Graph {
  readonly graphId: string;
  readonly parts: readonly Part[];
}

/** "Using Composite Graphs": an id starts alphanumeric, is shorter than 40 characters, and has no dot. */
function requireGraphId(id: unknown, where: string): string {
  if (typeof id === 'string' && id.length <= MAX_ID_LENGTH && /^[A-Za-z0-9][^.]*$/.test(id))
    return id;
  throw malformed(
    `${where}.graphId must be a text that starts with a letter or a number, has fewer than 40 characters, and no period`,
  );
}

function toGraph(value: unknown, where: string, version: number): Graph {
  if (!isObject(value)) throw malformed(`${where} must be an object`);
  const graphId = requireGraphId(value['graphId'], where);
  const parts = partsOf(value['compositeRequest'], `${where}.compositeRequest`, version);
  return { graphId, parts };
}

/** Nodes without parents have depth 1, others that of their deepest parent and 1 more. */
function depthOf({ parts }: Graph): number {
  const depths = new Map<string, number>();
  for (const { referenceId, url, body } of parts) {
    const parents = referencesIn([url, body]).map((reference) => depths.get(reference) ?? 0);
    depths.set(referenceId, 1 + Math.max(0, ...parents));
  }
  return Math.max(0, ...depths.values());
}

/** What makes nodes different: version, method, and object. */
function kindOf({ method, url }: Part): string {
  const [, , , version, , sObject = ''] = url.split('/');
  return `${method} ${version} ${sObject.toLowerCase()}`;
}

/** The code and the texts are guesses. */
function requireLimit(what: string, count: number, limit: number): void {
  if (count <= limit) return;
  const message = `The request can't contain more than ${limit} ${what}, but it has ${count}`;
  throw apiError(400, 'LIMIT_EXCEEDED', message);
}

function requireLimits(graphs: readonly Graph[]): void {
  const nodes = graphs.flatMap(({ parts }) => parts);
  requireLimit('graphs', graphs.length, MAX_GRAPHS);
  requireLimit('nodes', nodes.length, MAX_NODES);
  requireLimit('different nodes', new Set(nodes.map(kindOf)).size, MAX_DIFFERENT_NODES);
  requireLimit('levels in a graph', Math.max(0, ...graphs.map(depthOf)), MAX_DEPTH);
}

/** @throws ApiError 400 that fails the entire request: its codes and texts are guesses. */
function graphsOf({ body, version }: RestRequest): Graph[] {
  if (!isObject(body) || !Array.isArray(body['graphs']))
    throw malformed('The request body must be an object with an array of graphs');
  const number = versionNumber(version);
  const graphs = body['graphs'].map((graph, index) => toGraph(graph, `graphs[${index}]`, number));
  requireLimits(graphs);
  const ids = graphs.map(({ graphId }) => graphId);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated === undefined) return graphs;
  throw malformed(`The graphId '${repeated}' is used for more than one graph`);
}

const ROW = /^\/services\/data\/v(\d+)\.\d+\/sobjects\/[^/?]+(\/[^/?]+){0,2}\/?(\?|$)/;

/** "Composite Subrequest" of graphs: rows by id and by external id only, from v50 on. Code and text are guesses. */
function requireSupported({ url }: Part): void {
  const [, version] = ROW.exec(url) ?? [];
  if (Number(version) >= FIRST_VERSION) return;
  const message = `The resource ${url} is not supported in a composite graph`;
  throw apiError(400, 'INVALID_INPUT', message);
}

const HALTED = `Processing was halted, as more than ${MAX_FAILED_GRAPHS} graphs of the request failed.`;

const isSuccessful = (results: readonly PartResult[]): boolean =>
  results.every(({ httpStatusCode }) => httpStatusCode < 300 || httpStatusCode === 304);

/** Each graph is a transaction. After 14 failed ones, the next failure halts the rest. */
function graph(request: RestRequest, org: Org): RestResponse {
  const { inner, version } = request;
  if (versionNumber(version) < FIRST_VERSION)
    throw apiError(404, 'NOT_FOUND', 'The requested resource does not exist');
  const run = { inner, version: versionNumber(version), requireSupported };
  let failures = 0;
  const graphs = graphsOf(request).map(({ graphId, parts }) => {
    const isHalted = failures > MAX_FAILED_GRAPHS;
    const compositeResponse = isHalted
      ? parts.map((part) => haltedResult(part, HALTED))
      : runTransaction(org, parts, run);
    const successful = !isHalted && isSuccessful(compositeResponse);
    if (!successful) failures += 1;
    return { graphId, graphResponse: { compositeResponse }, isSuccessful: successful };
  });
  return { status: 200, body: { graphs } };
}

/** "Composite Graph". */
export const compositeGraph: Resource = { path: '/composite/graph', methods: { POST: graph } };
