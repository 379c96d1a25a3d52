import { apiError, notFound } from '../errors.ts';
import type { Row } from '../org/database.ts';
import type { Field } from '../org/fields.ts';
import type { Fields } from '../org/input.ts';
import type { Org } from '../org/org.ts';
import type { SObjectType } from '../org/schema.ts';
import type { Resource, RestRequest, RestResponse } from '../resource.ts';
import { checkConditions } from './conditions.ts';
import { byOneKey, fieldsOf, recordUrl, requireKeyField, typeOf } from './record.ts';
import { isTraversal, traversal } from './relationships.ts';
import { read } from './sobject-rows.ts';

interface Key {
  readonly type: SObjectType;
  readonly field: Field;
  readonly value: string;
}

/**
 * The key in the URL.
 *
 * @throws ApiError 404 for fields that are no keys, and for values that end in `.inc`, as the guide says of top-level
 *   domains ("Upsert Records Using sObject Rows by External ID"); 400 for an empty key (a guess, as in collections).
 */
function keyOf(request: RestRequest, org: Org): Key {
  const type = typeOf(request, org);
  const { name = '', value = '' } = request.params;
  const field = requireKeyField(org, type, name);
  if (/\.inc$/i.test(value)) throw notFound();
  if (value.trim() === '')
    throw apiError(400, 'MISSING_ARGUMENT', `${field.name} not specified`, []);
  return { type, field, value };
}

/** @throws ApiError 404, or 300. */
function findOne(request: RestRequest, org: Org, { type, field, value }: Key): Row {
  const row = byOneKey(request, type, () => org.dml.findOne(type, field, value));
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

/** Up to v45, an update by upsert has no body. */
const BODY_FROM_VERSION = 46;

function upsert(request: RestRequest, org: Org): RestResponse {
  const key = keyOf(request, org);
  const { type, field, value } = key;
  const fields = fieldsOf(request);
  refuseKeyInBody(field, fields);
  const updateOnly = request.query.get('updateOnly') === 'true';
  return byOneKey(request, type, () => {
    const known = org.dml.findOne(type, field, value);
    if (known) checkConditions(request, type, known);
    const { id, created } = org.dml.upsert({ ...key, updateOnly }, fields);
    const body = { id, success: true, errors: [], created };
    const hasBody = Number.parseInt(request.version.slice(1), 10) >= BODY_FROM_VERSION;
    if (!created) return hasBody ? { status: 200, body } : { status: 204 };
    return { status: 201, headers: { Location: recordUrl(request.version, type, id) }, body };
  });
}

/** "sObject Rows by External ID", and "sObject Relationships", whose URLs have the same form. */
export const sObjectRowsByExternalId: Resource = {
  path: '/sobjects/:sObject/:name/:value',
  methods: {
    GET: (request, org) => {
      if (isTraversal(request, org)) return traversal.get(request, org);
      const key = keyOf(request, org);
      return read(request, org, key.type, findOne(request, org, key));
    },
    PATCH: (request, org) =>
      isTraversal(request, org) ? traversal.update(request, org) : upsert(request, org),
    DELETE: (request, org) => {
      if (isTraversal(request, org)) return traversal.remove(request, org);
      const { type, field, value } = keyOf(request, org);
      byOneKey(request, type, () => org.dml.removeByKey(type, field, value));
      return { status: 204 };
    },
  },
};
