import { randomUUID } from 'node:crypto';
import { AmbiguousKeyError, ApiError, apiError } from '../errors.ts';
import { isObject, malformed } from '../json.ts';
import type { Row } from '../org/database.ts';
import type { Field } from '../org/fields.ts';
import type { Fields } from '../org/input.ts';
import type { Org } from '../org/org.ts';
import { requireField } from '../org/permissions.ts';
import type { SObjectType } from '../org/schema.ts';
import type { RestRequest } from '../resource.ts';

export const recordUrl = (version: string, { name }: SObjectType, id: string): string =>
  `/services/data/${version}/sobjects/${name}/${id}`;

/** A record as REST returns it, with the fields that the user may see. */
export function toRecord(
  { permissions }: Org,
  version: string,
  type: SObjectType,
  row: Row,
  fields: readonly Field[] = type.fields,
): Fields {
  const visible = fields.filter((field) => permissions.canRead(type, field));
  return {
    attributes: { type: type.name, url: recordUrl(version, type, row.Id) },
    ...Object.fromEntries(visible.map(({ name }) => [name, row[name] ?? null])),
  };
}

/** The fields that `?fields=A,B` names, `Id` included. @throws ApiError INVALID_FIELD */
export function selectedFields({ permissions }: Org, type: SObjectType, names: string | null) {
  if (names === null || names === '') return type.fields;
  const fields = names.split(',').map((name) => requireField(permissions, type, name.trim()));
  const id = type.fields.filter(({ name }) => name === 'Id');
  return [...new Set([...fields, ...id])];
}

/** @throws ApiError JSON_PARSER_ERROR if the body is not an object: the text is a guess. */
export function fieldsOf({ body }: RestRequest): Fields {
  if (isObject(body)) return { ...body };
  const what = Array.isArray(body) ? 'an array' : JSON.stringify(body)?.slice(0, 100);
  throw malformed(`The request body must be a JSON object, but is ${what ?? 'empty'}`);
}

export const typeOf = (request: RestRequest, org: Org): SObjectType =>
  org.requireSObject(request.params['sObject'] ?? '');

/** Entries of a successful create: a platform event is published, and nothing of it can be read afterwards. */
export const errorsOfCreate = (type: SObjectType): unknown[] =>
  type.name.endsWith('__e')
    ? [{ statusCode: 'OPERATION_ENQUEUED', message: randomUUID(), fields: [] }]
    : [];

/** @throws ApiError 404 if the object has no such external id or lookup field. */
export function requireKeyField({ permissions }: Org, type: SObjectType, name: string): Field {
  const field = type.field(name);
  const isKey = field?.externalId === true || field?.idLookup === true;
  if (field && isKey && permissions.canRead(type, field)) return field;
  const message = `Provided external ID field does not exist or is not accessible: ${name}`;
  throw apiError(404, 'NOT_FOUND', message);
}

/** Runs a request by key. @throws ApiError 300 with the URLs of the records that have the key. */
export function byOneKey<Result>(
  { version }: RestRequest,
  type: SObjectType,
  work: () => Result,
): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AmbiguousKeyError)) throw error;
    throw new ApiError(
      300,
      error.ids.map((id) => recordUrl(version, type, id)),
    );
  }
}
