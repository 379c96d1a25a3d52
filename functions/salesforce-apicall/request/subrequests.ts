import { isJsonObject, type JsonObject } from '#common/json.ts';
import { RequestError } from '../errors.ts';

/** A request inside another one, as far as the allow-lists need it. */
export interface InnerRequest {
  /** Its place in the payload, for error messages. */
  readonly at: string;
  readonly action: string;
  readonly resource: string;
  /** The segments after the resource, decoded: the object, then the record. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly payload?: unknown;
}

const invalid = (message: string): never => {
  throw new RequestError('request-validation', message);
};

function listIn(payload: unknown, name: string, at = 'payload'): JsonObject[] {
  const list = isJsonObject(payload) ? payload[name] : undefined;
  if (Array.isArray(list) && list.every(isJsonObject)) return list;
  return invalid(`${at}.${name}: must be a list of objects`);
}

/** Below the versioned REST root, as composite (`/services/data/v68.0/…`) and batch (`v68.0/…`) write it. */
const REST_URL = /^(?:\/services\/data)?\/?v\d{1,3}\.\d\/([^?#]+)(?:\?([^#]*))?$/;

function segmentsOf(path: string | undefined, at: string): string[] {
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
  const [, encodedPath, search] = REST_URL.exec(url) ?? [];
  const [resource = '', ...path] = segmentsOf(encodedPath, `${at}.url`);
  const action = method.toUpperCase();
  return { at, action, resource, path, query: new URLSearchParams(search), payload };
}

const subrequests = (payload: unknown, at = 'payload'): InnerRequest[] =>
  listIn(payload, 'compositeRequest', at).map((one, index) =>
    toInner(one, one['body'], `${at}.compositeRequest.${index}`),
  );

/** The objects that records, and the records nested in them, name in their attributes. */
function typesIn(records: readonly JsonObject[]): (string | undefined)[] {
  return records.flatMap((record) => {
    const { attributes, ...fields } = record;
    const type = isJsonObject(attributes) ? attributes['type'] : undefined;
    const nested = Object.values(fields).flatMap((value) =>
      isJsonObject(value) && Array.isArray(value['records'])
        ? value['records'].filter(isJsonObject)
        : [],
    );
    return [typeof type === 'string' ? type : undefined, ...typesIn(nested)];
  });
}

/** Key prefixes of ids, which are the same in every org ("Standard Field Record ID Prefix Decoder"). */
const OBJECT_OF_PREFIX: Readonly<Record<string, string>> = {
  '001': 'Account',
  '003': 'Contact',
  '005': 'User',
  '006': 'Opportunity',
  '00G': 'Group',
  '00Q': 'Lead',
  '00T': 'Task',
  '00U': 'Event',
  '00k': 'OpportunityLineItem',
  '01t': 'Product2',
  '02i': 'Asset',
  '500': 'Case',
  '701': 'Campaign',
  '800': 'Contract',
  '801': 'Order',
  '802': 'OrderItem',
};

/** The object of each id. A custom object's prefix differs from org to org. */
const objectsOfIds = (query: URLSearchParams): string[] =>
  (query.get('ids') ?? '')
    .split(',')
    .map((id) => OBJECT_OF_PREFIX[id.trim().slice(0, 3)] ?? '(of an id)');

/** Each object that a collection reaches: that of its URL, and those of its ids or records. */
function recordsOf({ action, path: [, object], query, payload }: InnerRequest): InnerRequest[] {
  const byIds = action === 'DELETE' ? objectsOfIds(query) : [];
  const records = action === 'DELETE' || action === 'GET' ? [] : typesIn(recordsIn(payload));
  const named = records.map((type) => type ?? object ?? '(no attributes.type)');
  const ofUrl = object ?? (action === 'GET' ? '(no object)' : undefined);
  const objects = new Set([...(ofUrl === undefined ? [] : [ofUrl]), ...byIds, ...named]);
  return [...objects].map((name) => toRecords(action, name));
}

/** Records to retrieve are given by `ids` and `fields`, of the object in the URL. */
const recordsIn = (payload: unknown): JsonObject[] =>
  isJsonObject(payload) && Array.isArray(payload['ids']) && !('records' in payload)
    ? []
    : listIn(payload, 'records');

const toRecords = (action: string, object: string): InnerRequest => ({
  at: 'payload.records',
  action,
  resource: 'sobjects',
  path: [object],
  query: new URLSearchParams(),
});

/**
 * The requests inside a request for `composite`. Their URLs and records' types must pass the same allow-lists.
 *
 * @throws RequestError `request-validation` for a shape that could hide a request.
 */
export function innerRequests(request: InnerRequest): InnerRequest[] {
  const { action, path, payload } = request;
  const [kind = '', type = ''] = path;
  switch (kind.toLowerCase()) {
    case '':
      return action === 'GET' ? [] : subrequests(payload);
    case 'sobjects':
      return recordsOf(request);
    case 'tree':
      return [type, ...typesIn(listIn(payload, 'records'))].map((name) =>
        toRecords(action, name ?? '(no attributes.type)'),
      );
    case 'graph':
      return listIn(payload, 'graphs').flatMap((graph, index) =>
        subrequests(graph, `payload.graphs.${index}`),
      );
    case 'batch':
      return listIn(payload, 'batchRequests').map((one, index) =>
        toInner(one, one['richInput'], `payload.batchRequests.${index}`),
      );
    default:
      return invalid('object: of composite, there are sobjects, tree, graph and batch');
  }
}
