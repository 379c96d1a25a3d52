import { RequestError } from '../errors.ts';
import type { ApiCallRequest } from './schema.ts';
import { type InnerRequest, innerRequests } from './subrequests.ts';
import { pathSegments } from './url.ts';

/** What producers of requests may do; `undefined`: no restriction. Names are compared without case. */
export interface AllowLists {
  readonly resources: ReadonlySet<string> | undefined;
  readonly objects: ReadonlySet<string> | undefined;
  readonly actions: ReadonlySet<string> | undefined;
}

const allows = (allowed: ReadonlySet<string> | undefined, name: string): boolean =>
  allowed === undefined || [...allowed].some((entry) => entry.toLowerCase() === name.toLowerCase());

function rejectField(field: string, value: string, parameter: string): never {
  throw new RequestError('request-validation', `${field}: ${value} is not in ${parameter}`);
}

const isComposite = ({ resource }: InnerRequest): boolean => resource.toLowerCase() === 'composite';

/** A batch may contain a collection. Salesforce accepts no composite request inside that. */
const MAX_DEPTH = 2;

const placeOf = ({ at }: InnerRequest, field: string): string =>
  at === '' ? field : `${at}: ${field}`;

function requireEachAllowed(request: InnerRequest, lists: AllowLists, depth: number): void {
  const { action, resource, query } = request;
  refuseOverride(request, query);
  if (!allows(lists.actions, action))
    rejectField(placeOf(request, 'action'), action, 'AllowedActions');
  if (!allows(lists.resources, resource))
    rejectField(placeOf(request, 'resource'), resource, 'AllowedResources');
  if (!isComposite(request)) {
    if (lists.objects !== undefined) requireAllowedObject(request, lists.objects);
    return;
  }
  if (depth === MAX_DEPTH)
    throw new RequestError('request-validation', `${placeOf(request, 'url')}: is nested too deep`);
  for (const inner of innerRequests(request)) requireEachAllowed(inner, lists, depth + 1);
}

/** Salesforce would make a POST another action ("REST API Developer Guide", Update a Record). */
function refuseOverride(request: InnerRequest, query: URLSearchParams): void {
  const name = [...query.keys()].find((key) => key.toLowerCase() === '_httpmethod');
  if (name === undefined) return;
  const place = placeOf(request, `query.${name}`);
  throw new RequestError('request-validation', `${place}: is not accepted, use action instead`);
}

/**
 * Checks a request, and every request inside a composite one, against the allow-lists.
 *
 * @throws RequestError `request-validation` naming what is not allowed and the parameter that allows it.
 */
export function requireAllowed(request: ApiCallRequest, lists: AllowLists): void {
  const { action, resource, query, payload } = request;
  const outer = { at: '', action, resource, path: pathSegments(request), payload };
  requireEachAllowed({ ...outer, query: new URLSearchParams(query ?? {}) }, lists, 0);
}

/** Resources that reach objects which their path does not name. */
const UNBOUNDED = new Set(['query', 'queryall', 'search', 'parameterizedsearch', 'graphql']);

/**
 * Of an object's path, only what reaches the object itself is allowed: a record by id or external id, and its description.
 * What follows a record is a relationship, which leads to another object, and a quick action can create any.
 */
function requireAllowedObject(request: InnerRequest, objects: ReadonlySet<string>): void {
  const { resource, path } = request;
  if (UNBOUNDED.has(resource.toLowerCase())) {
    const value = `${resource}, which can reach any object,`;
    rejectField(placeOf(request, 'resource'), value, 'AllowedObjects');
  }
  const [object, ...record] = path;
  if (object !== undefined && !allows(objects, object))
    rejectField(placeOf(request, 'object'), object, 'AllowedObjects');
  const reached = resource.toLowerCase() === 'sobjects' ? reachedBy(record) : undefined;
  if (reached !== undefined) rejectField(placeOf(request, 'record'), reached, 'AllowedObjects');
}

const ID = /^[a-z0-9]{15}(?:[a-z0-9]{3})?$/i;

/** What of another object the path after an object's name reaches; `undefined`: nothing. */
function reachedBy([first = '', second, ...others]: readonly string[]): string | undefined {
  if (first.toLowerCase() === 'describe') return undefined;
  if (first.toLowerCase() === 'quickactions') return 'a quick action';
  // A reference to another subrequest's response takes the place of an id.
  const isRecord = ID.test(first) || first.startsWith('@{');
  const isRelationship = (isRecord && second !== undefined) || others.length > 0;
  return isRelationship ? "a record's relationship" : undefined;
}
