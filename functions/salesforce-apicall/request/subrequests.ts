import { isJsonObject, type JsonObject } from '#common/json.ts';
import { RequestError } from '../errors.ts';

/** A request inside another one, as far as the allow-lists need it. */
export interface InnerRequest {
  /** Its place in the payload, for error messages. */
  readonly at: string;
  readonly action: string;
  readonly resource: string;
  readonly object?: string | undefined;
  readonly record?: string | undefined;
  readonly payload?: unknown;
}

type OuterRequest = Omit<InnerRequest, 'at' | 'resource'>;

const invalid = (message: string): never => {
  throw new RequestError('request-validation', message);
};

function listIn(payload: unknown, name: string, at = 'payload'): JsonObject[] {
  const list = isJsonObject(payload) ? payload[name] : undefined;
  if (Array.isArray(list) && list.every(isJsonObject)) return list;
  return invalid(`${at}.${name}: must be a list of objects`);
}

/** Below the versioned REST root, as composite (`/services/data/v68.0/…`) and batch (`v68.0/…`) write it. */
const REST_URL = /^(?:\/services\/data)?\/?v\d{1,3}\.\d\/([^?#]+)(?:\?[^#]*)?$/;

function segmentsOf(url: string, at: string): string[] {
  const [, path] = REST_URL.exec(url) ?? [];
  try {
    const segments = (path ?? '').replace(/\/$/, '').split('/').map(decodeURIComponent);
    const isPlain = segments.every((segment) => segment !== '' && !/^\.\.?$|[\\/]/.test(segment));
    if (path !== undefined && isPlain) return segments;
  } catch {
    // Not percent-encoded: rejected like any other path that Salesforce may read differently.
  }
  return invalid(`${at}: must be a path below /services/data/v…`);
}

/** A request given by method and URL. */
function toInner({ method, url }: JsonObject, payload: unknown, at: string): InnerRequest {
  if (typeof method !== 'string') return invalid(`${at}.method: must be an HTTP method`);
  if (typeof url !== 'string') return invalid(`${at}.url: must be a path below /services/data/v…`);
  const [resource = '', object, ...record] = segmentsOf(url, `${at}.url`);
  return {
    at,
    action: method.toUpperCase(),
    resource,
    ...(object === undefined ? {} : { object }),
    ...(record.length === 0 ? {} : { record: record.join('/') }),
    payload,
  };
}

const subrequests = (payload: unknown, at = 'payload'): InnerRequest[] =>
  listIn(payload, 'compositeRequest', at).map((one, index) =>
    toInner(one, one['body'], `${at}.compositeRequest.${index}`),
  );

/** The objects that records, and the records nested in them, name in their attributes. */
function typesIn(records: readonly JsonObject[]): string[] {
  return records.flatMap((record) => {
    const { attributes, ...fields } = record;
    const type = isJsonObject(attributes) ? attributes['type'] : undefined;
    const nested = Object.values(fields).flatMap((value) =>
      isJsonObject(value) && Array.isArray(value['records'])
        ? value['records'].filter(isJsonObject)
        : [],
    );
    return [typeof type === 'string' ? type : '(no attributes.type)', ...typesIn(nested)];
  });
}

function recordsOf({ action, record, payload }: OuterRequest): InnerRequest[] {
  const named = record?.split('/')[0];
  if (action === 'DELETE' || action === 'GET') {
    return [{ at: 'record', action, resource: 'sobjects', object: named ?? '(ids alone)' }];
  }
  const types = named === undefined ? typesIn(listIn(payload, 'records')) : [named];
  return types.map((object) => ({ at: 'payload.records', action, resource: 'sobjects', object }));
}

/**
 * The requests inside a request for `composite`. Their URLs and records' types must pass the same allow-lists.
 *
 * @throws RequestError `request-validation` for a shape that could hide a request.
 */
export function innerRequests(request: OuterRequest): InnerRequest[] {
  const { action, object, payload } = request;
  const [kind, type] = (object ?? '').toLowerCase().split('/');
  if (kind === '') return action === 'GET' ? [] : subrequests(payload);
  if (kind === 'sobjects') return recordsOf(request);
  if (kind === 'tree') {
    const types = [type ?? '', ...typesIn(listIn(payload, 'records'))];
    return types.map((name) => ({
      at: 'payload.records',
      action,
      resource: 'sobjects',
      object: name,
    }));
  }
  if (kind === 'graph') {
    return listIn(payload, 'graphs').flatMap((graph, index) =>
      subrequests(graph, `payload.graphs.${index}`),
    );
  }
  if (kind === 'batch') {
    return listIn(payload, 'batchRequests').map((one, index) =>
      toInner(one, one['richInput'], `payload.batchRequests.${index}`),
    );
  }
  return invalid('object: of composite, there are sobjects, tree, graph and batch');
}
