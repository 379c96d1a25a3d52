import { randomUUID } from 'node:crypto';
import { apiError, notFound } from '../errors.ts';
import type { Row } from '../org/database.ts';
import type { Fields } from '../org/input.ts';
import type { Org } from '../org/org.ts';
import { requireField } from '../org/permissions.ts';
import type { Field, SObjectType } from '../org/schema.ts';
import type { Resource, RestRequest } from '../resource.ts';

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
  return [...new Set([...id, ...fields])];
}

/** @throws ApiError JSON_PARSER_ERROR if the body is not an object. */
export function fieldsOf({ body }: RestRequest): Fields {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
  throw apiError(400, 'JSON_PARSER_ERROR', 'The request body must be an object');
}

const typeOf = (request: RestRequest, org: Org): SObjectType =>
  org.requireSObject(request.params['sObject'] ?? '');

/** A platform event is published: nothing of it can be read afterwards. */
const errorsOfCreate = (type: SObjectType): unknown[] =>
  type.name.endsWith('__e')
    ? [{ statusCode: 'OPERATION_ENQUEUED', message: randomUUID(), fields: [] }]
    : [];

/** "sObject Basic Information" and "sObject Rows". */
export const sObjectRows: readonly Resource[] = [
  {
    path: '/sobjects/:sObject',
    methods: {
      POST: (request, org) => {
        const type = typeOf(request, org);
        const id = org.dml.insert(type, fieldsOf(request));
        return {
          status: 201,
          headers: { Location: recordUrl(request.version, type, id) },
          body: { id, success: true, errors: errorsOfCreate(type) },
        };
      },
    },
  },
  {
    path: '/sobjects/:sObject/:id',
    methods: {
      GET: (request, org) => {
        const type = typeOf(request, org);
        const row = org.dml.find(type, request.params['id'] ?? '');
        const fields = selectedFields(org, type, request.query.get('fields'));
        return { status: 200, body: toRecord(org, request.version, type, row, fields) };
      },
      PATCH: (request, org) => {
        org.dml.update(typeOf(request, org), request.params['id'] ?? '', fieldsOf(request));
        return { status: 204 };
      },
      DELETE: (request, org) => {
        org.dml.remove(typeOf(request, org), request.params['id'] ?? '');
        return { status: 204 };
      },
    },
  },
];

/** @throws ApiError 404 if the object has no such external id or lookup field. */
export function requireKeyField({ permissions }: Org, type: SObjectType, name: string): Field {
  const field = type.field(name);
  const isKey = field?.externalId === true || field?.idLookup === true;
  if (field && isKey && permissions.canRead(type, field)) return field;
  const message = `Provided external ID field does not exist or is not accessible: ${name}`;
  throw apiError(404, 'NOT_FOUND', message);
}

function keyOf(request: RestRequest, org: Org, type: SObjectType): { field: Field; value: string } {
  const { field: name = '', value = '' } = request.params;
  return { field: requireKeyField(org, type, name), value };
}

function findOne(request: RestRequest, org: Org, type: SObjectType): Row {
  const { field, value } = keyOf(request, org, type);
  const row = org.dml.findOne(type, field, value);
  if (row) return row;
  throw notFound();
}

/** @throws ApiError INVALID_FIELD: the key stands in the URL only. */
function refuseKeyInBody({ name: key }: Field, fields: Fields): void {
  const refused = ['id', key.toLowerCase()];
  const named = Object.keys(fields).find((name) => refused.includes(name.toLowerCase()));
  if (named === undefined) return;
  const message = `The ${named} field should not be specified in the sobject data.`;
  throw apiError(400, 'INVALID_FIELD', message, [named]);
}

/** "sObject Rows by External ID". */
export const sObjectRowsByExternalId: Resource = {
  path: '/sobjects/:sObject/:field/:value',
  methods: {
    GET: (request, org) => {
      const type = typeOf(request, org);
      const row = findOne(request, org, type);
      const fields = selectedFields(org, type, request.query.get('fields'));
      return { status: 200, body: toRecord(org, request.version, type, row, fields) };
    },
    PATCH: (request, org) => {
      const type = typeOf(request, org);
      const key = keyOf(request, org, type);
      const fields = fieldsOf(request);
      refuseKeyInBody(key.field, fields);
      const updateOnly = request.query.get('updateOnly') === 'true';
      const { id, created } = org.dml.upsert({ type, ...key, updateOnly }, fields);
      const body = { id, success: true, errors: [], created };
      if (!created) return { status: 200, body };
      return { status: 201, headers: { Location: recordUrl(request.version, type, id) }, body };
    },
    DELETE: (request, org) => {
      const type = typeOf(request, org);
      const { field, value } = keyOf(request, org, type);
      org.dml.removeByKey(type, field, value);
      return { status: 204 };
    },
  },
};
