import { isObject, type JsonObject, malformed } from '../../json.ts';

/** A part of a composite request or a graph ("Composite Subrequest"). */
export interface Part {
  readonly method: string;
  readonly url: string;
  readonly referenceId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** "Composite Subrequest Result". */
export interface PartResult {
  readonly body: unknown;
  readonly httpHeaders: Readonly<Record<string, string>>;
  readonly httpStatusCode: number;
  readonly referenceId: string;
}

const METHODS = ['POST', 'PUT', 'PATCH', 'GET', 'DELETE'];
/** Parts inherit these from the request around them. */
const FORBIDDEN_HEADERS = ['accept', 'authorization', 'content-type'];
/** From this version on, a reference id with other characters fails the entire request. */
const STRICT_IDS_FROM = 52;

function textOf(part: JsonObject, name: string, where: string): string {
  const value = part[name];
  if (typeof value === 'string' && value !== '') return value;
  throw malformed(`${where}.${name} must be a text`);
}

function headersOf({ httpHeaders = {} }: JsonObject, where: string): Record<string, string> {
  if (!isObject(httpHeaders)) throw malformed(`${where}.httpHeaders must be an object`);
  const headers = Object.entries(httpHeaders).map(([name, value]) => {
    if (typeof value !== 'string') throw malformed(`${where}.httpHeaders.${name} must be a text`);
    if (FORBIDDEN_HEADERS.includes(name.toLowerCase()))
      throw malformed(`${where}.httpHeaders must not have ${name}: parts inherit it`);
    return [name.toLowerCase(), value];
  });
  return Object.fromEntries(headers);
}

/** @throws ApiError in the words that "Resolve reference ID format error" reports. */
function requireReferenceId(id: string, version: number): void {
  if (version < STRICT_IDS_FROM || /^[A-Za-z0-9][A-Za-z0-9_]*$/.test(id)) return;
  throw malformed(
    `Provided referenceId ('${id}') must start with a letter or a number, and it can contain only letters, numbers and underscores ('_').`,
  );
}

function toPart(value: unknown, where: string, version: number): Part {
  if (!isObject(value)) throw malformed(`${where} must be an object`);
  const method = textOf(value, 'method', where);
  const url = textOf(value, 'url', where);
  const referenceId = textOf(value, 'referenceId', where);
  if (!METHODS.includes(method))
    throw malformed(`${where}.method must be one of ${METHODS.join(', ')}, but is ${method}`);
  if (!/^\/services\/data\/v\d+\.\d+\//.test(url))
    throw malformed(`${where}.url must start with /services/data/vXX.X/, but is ${url}`);
  requireReferenceId(referenceId, version);
  return { method, url, referenceId, headers: headersOf(value, where), body: value['body'] };
}

/**
 * The parts of `compositeRequest`.
 *
 * @param version of the composite request, for example 68.
 * @throws ApiError 400 that fails the entire request.
 */
export function partsOf(value: unknown, where: string, version: number): Part[] {
  if (!Array.isArray(value)) throw malformed(`${where} must be an array`);
  const parts = value.map((part, index) => toPart(part, `${where}[${index}]`, version));
  const ids = parts.map(({ referenceId }) => referenceId);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated === undefined) return parts;
  throw malformed(`The referenceId '${repeated}' is used for more than one subrequest`);
}

/** `68` of `v68.0`. */
export const versionNumber = (version: string): number => Number.parseInt(version.slice(1), 10);
