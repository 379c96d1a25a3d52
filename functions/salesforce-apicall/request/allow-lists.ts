import { RequestError } from '../errors.ts';
import type { ApiCallRequest } from './schema.ts';
import { type InnerRequest, innerRequests } from './subrequests.ts';

/** What a producer on the bus may do; `undefined` - no restriction. Names are compared case-insensitively. */
export interface AllowLists {
  readonly resources: ReadonlySet<string> | undefined;
  readonly objects: ReadonlySet<string> | undefined;
  readonly actions: ReadonlySet<string> | undefined;
}

const allows = (allowed: ReadonlySet<string> | undefined, name: string): boolean =>
  allowed === undefined || [...allowed].some((entry) => entry.toLowerCase() === name.toLowerCase());

function refuse(field: string, value: string, parameter: string): never {
  throw new RequestError('request-validation', `${field}: ${value} is not in ${parameter}`);
}

type Asked = Omit<InnerRequest, 'at'>;

const isComposite = ({ resource }: Asked): boolean => resource.toLowerCase() === 'composite';

/** A collection may stand inside a batch; what stands inside that again, Salesforce takes nowhere. */
const MAX_DEPTH = 2;

function requireEachAllowed(request: Asked, lists: AllowLists, at: string, depth: number): void {
  const { action, resource } = request;
  if (!allows(lists.actions, action)) refuse(`${at}action`, action, 'AllowedActions');
  if (!allows(lists.resources, resource)) refuse(`${at}resource`, resource, 'AllowedResources');
  if (!isComposite(request)) {
    if (lists.objects !== undefined) requireAllowedObject(request, lists.objects, at);
    return;
  }
  if (depth === MAX_DEPTH)
    throw new RequestError('request-validation', `${at}url: is nested too deep`);
  for (const inner of innerRequests(request)) {
    requireEachAllowed(inner, lists, `${inner.at}: `, depth + 1);
  }
}

/**
 * Holds a request, and every request inside a composite one, against the allow-lists.
 *
 * @throws RequestError `request-validation` naming what is not allowed and the parameter that allows it.
 */
export const requireAllowed = (request: ApiCallRequest, lists: AllowLists): void =>
  requireEachAllowed(request, lists, '', 0);

/** Behind a record's id stands a relationship, which leads to a record of any other object. */
function requireAllowedObject(request: Asked, objects: ReadonlySet<string>, at: string): void {
  if (queries.has(request.resource.toLowerCase())) {
    refuse(`${at}resource`, `${request.resource}, which reads any object,`, 'AllowedObjects');
  }
  const [object, ...path] = pathOf(request);
  if (object !== undefined && !allows(objects, object))
    refuse(`${at}object`, object, 'AllowedObjects');
  // A reference to another subrequest's answer stands for an id.
  if (path.length > 1 && (ID.test(path[0] ?? '') || path[0]?.startsWith('@{')))
    refuse(`${at}record`, "a record's relationship", 'AllowedObjects');
}

/** What they read stands in SOQL and SOSL, which no allow-list looks into. */
const queries = new Set(['query', 'queryall', 'search', 'parameterizedsearch']);

const ID = /^[a-z0-9]{15}(?:[a-z0-9]{3})?$/i;

/** What stands behind the resource: an object comes first, whichever of the two fields names it. */
function pathOf({ resource, object, record }: Asked): string[] {
  if (resource.toLowerCase() !== 'sobjects') return object === undefined ? [] : object.split('/');
  return [object, record].filter((part) => part !== undefined).flatMap((part) => part.split('/'));
}
