import { RequestError } from '../errors.ts';
import type { ApiCallRequest } from './schema.ts';
import { type InnerRequest, innerRequests } from './subrequests.ts';

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

type Target = Omit<InnerRequest, 'at'>;

const isComposite = ({ resource }: Target): boolean => resource.toLowerCase() === 'composite';

/** A batch may contain a collection. Salesforce accepts no composite request inside that. */
const MAX_DEPTH = 2;

function requireEachAllowed(request: Target, lists: AllowLists, at: string, depth: number): void {
  const { action, resource } = request;
  if (!allows(lists.actions, action)) rejectField(`${at}action`, action, 'AllowedActions');
  if (!allows(lists.resources, resource))
    rejectField(`${at}resource`, resource, 'AllowedResources');
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
 * Checks a request, and every request inside a composite one, against the allow-lists.
 *
 * @throws RequestError `request-validation` naming what is not allowed and the parameter that allows it.
 */
export const requireAllowed = (request: ApiCallRequest, lists: AllowLists): void =>
  requireEachAllowed(request, lists, '', 0);

/** A path segment after a record's id is a relationship, which leads to a record of any other object. */
function requireAllowedObject(request: Target, objects: ReadonlySet<string>, at: string): void {
  if (queries.has(request.resource.toLowerCase())) {
    rejectField(`${at}resource`, `${request.resource}, which reads any object,`, 'AllowedObjects');
  }
  const [object, ...path] = pathOf(request);
  if (object !== undefined && !allows(objects, object))
    rejectField(`${at}object`, object, 'AllowedObjects');
  // A reference to another subrequest's response takes the place of an id.
  if (path.length > 1 && (ID.test(path[0] ?? '') || path[0]?.startsWith('@{')))
    rejectField(`${at}record`, "a record's relationship", 'AllowedObjects');
}

/** Their objects are named in SOQL or SOSL, which is not parsed. */
const queries = new Set(['query', 'queryall', 'search', 'parameterizedsearch']);

const ID = /^[a-z0-9]{15}(?:[a-z0-9]{3})?$/i;

/** The path after the resource. The object comes first, whichever of the two fields it is in. */
function pathOf({ resource, object, record }: Target): string[] {
  if (resource.toLowerCase() !== 'sobjects') return object === undefined ? [] : object.split('/');
  return [object, record].filter((part) => part !== undefined).flatMap((part) => part.split('/'));
}
