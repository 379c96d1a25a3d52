import { RequestError } from '../errors.ts';
import type { ApiCallRequest } from './schema.ts';

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

/** @throws RequestError `request-validation` naming what is not allowed and the parameter that allows it. */
export function requireAllowed(request: ApiCallRequest, lists: AllowLists): void {
  const { action, resource } = request;
  if (!allows(lists.actions, action)) refuse('action', action, 'AllowedActions');
  if (!allows(lists.resources, resource)) refuse('resource', resource, 'AllowedResources');
  if (resource.toLowerCase() === 'composite') refuseInnerRequests(request, lists);
  else if (lists.objects !== undefined) requireAllowedObject(request, lists.objects);
}

/** Behind a record's id stands a relationship, which leads to a record of any other object. */
function requireAllowedObject(request: ApiCallRequest, objects: ReadonlySet<string>): void {
  if (queries.has(request.resource.toLowerCase())) {
    refuse('resource', `${request.resource}, which reads any object,`, 'AllowedObjects');
  }
  const [object, ...path] = pathOf(request);
  if (object !== undefined && !allows(objects, object)) refuse('object', object, 'AllowedObjects');
  if (path.length > 1 && ID.test(path[0] ?? ''))
    refuse('record', "a record's relationship", 'AllowedObjects');
}

/** What they read stands in SOQL and SOSL, which no allow-list looks into. */
const queries = new Set(['query', 'queryall', 'search', 'parameterizedsearch']);

const ID = /^[a-z0-9]{15}(?:[a-z0-9]{3})?$/i;

/** What stands behind the resource: an object comes first, whichever of the two fields names it. */
function pathOf({ resource, object, record }: ApiCallRequest): string[] {
  if (resource.toLowerCase() !== 'sobjects') return object === undefined ? [] : object.split('/');
  return [object, record].filter((part) => part !== undefined).flatMap((part) => part.split('/'));
}

/**
 * A composite payload names URLs and objects of its own, which no allow-list has looked at. `composite/sobjects`
 * names objects in its records' attributes; those are looked at, everything else is refused.
 */
function refuseInnerRequests(
  { action, object, record, payload }: ApiCallRequest,
  { objects }: AllowLists,
): void {
  if (object?.toLowerCase() !== 'sobjects') {
    const message = 'object: of composite, only sobjects (record collections) is supported';
    throw new RequestError('request-validation', message);
  }
  if (action === 'DELETE' && objects !== undefined) {
    const message = 'action: DELETE of composite names ids, which AllowedObjects cannot tell apart';
    throw new RequestError('request-validation', message);
  }
  const types = record === undefined ? typesOf(payload) : [record.split('/')[0] ?? ''];
  const refused = types.find((type) => !allows(objects, type));
  if (refused === undefined) return;
  throw new RequestError(
    'request-validation',
    `payload.records: ${refused} is not in AllowedObjects`,
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function typesOf(payload: unknown): string[] {
  const records = isObject(payload) && Array.isArray(payload['records']) ? payload['records'] : [];
  return records.map((record: unknown) => {
    const attributes = isObject(record) ? record['attributes'] : undefined;
    const type = isObject(attributes) ? attributes['type'] : undefined;
    return typeof type === 'string' ? type : '(no attributes.type)';
  });
}
