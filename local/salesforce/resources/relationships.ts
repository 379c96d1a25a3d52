import { apiError, notFound, notSimulated } from '../errors.ts';
import type { Row } from '../org/database.ts';
import { isId } from '../org/ids.ts';
import type { Org } from '../org/org.ts';
import { findChildren, type SObjectType } from '../org/schema.ts';
import type { RestRequest, RestResponse } from '../resource.ts';
import { checkConditions } from './conditions.ts';
import { queryResponse } from './query.ts';
import { fieldsOf, selectedFields, toRecord, typeOf } from './record.ts';
import { read } from './sobject-rows.ts';

/** Whether the URL names a record by its id, and then a relationship or a blob field. */
export function isTraversal(request: RestRequest, org: Org): boolean {
  const { name = '' } = request.params;
  return isId(name) && name.startsWith(typeOf(request, org).keyPrefix);
}

interface Step {
  readonly type: SObjectType;
  readonly row: Row;
  /** The relationship's name in the URL. */
  readonly name: string;
}

function stepOf(request: RestRequest, org: Org): Step {
  const { name: id = '', value: name = '' } = request.params;
  const type = typeOf(request, org);
  if (type.field(name)?.type === 'base64') throw notSimulated('sObject Blob Get');
  return { type, row: org.dml.find(type, id), name };
}

interface Parent {
  readonly type: SObjectType;
  readonly row: Row;
}

/** The parent that a relationship leads to; undefined: no such relationship. @throws ApiError 404 if it is empty. */
function parentOf({ database, schema }: Org, { type, row, name }: Step): Parent | undefined {
  const field = type.relationship(name);
  if (field === undefined) return undefined;
  const id = row[field.name];
  if (typeof id !== 'string') throw notFound();
  const parentType = schema.byId(id);
  const parent = parentType && database.find(parentType, id);
  if (!parentType || !parent || parent['IsDeleted'] === true) throw notFound();
  return { type: parentType, row: parent };
}

function children(request: RestRequest, org: Org, step: Step): RestResponse {
  const found = findChildren(org.schema, step.type, step.name);
  if (found === undefined) throw notFound();
  const [type, field] = found;
  const fields = selectedFields(org, type, request.query.get('fields'));
  const records = org.database
    .rows(type)
    .filter((row) => row[field.name] === step.row.Id)
    .map((row) => toRecord(org, request.version, type, row, fields));
  return queryResponse(request, org, records);
}

function requireParent(request: RestRequest, org: Org): Parent {
  const step = stepOf(request, org);
  const parent = parentOf(org, step);
  if (parent) return parent;
  if (findChildren(org.schema, step.type, step.name) === undefined) throw notFound();
  const message = `HTTP Method '${request.method}' not allowed. Allowed are HEAD,GET`;
  throw apiError(405, 'METHOD_NOT_ALLOWED', message);
}

/** "sObject Relationships": a parent can be read, updated and deleted, children can be read. */
export const traversal = {
  get: (request: RestRequest, org: Org): RestResponse => {
    const step = stepOf(request, org);
    const parent = parentOf(org, step);
    return parent ? read(request, org, parent.type, parent.row) : children(request, org, step);
  },
  update: (request: RestRequest, org: Org): RestResponse => {
    const { type, row } = requireParent(request, org);
    checkConditions(request, type, row);
    org.dml.update(type, row.Id, fieldsOf(request));
    return { status: 204 };
  },
  remove: (request: RestRequest, org: Org): RestResponse => {
    const { type, row } = requireParent(request, org);
    org.dml.remove(type, row.Id);
    return { status: 204 };
  },
};
