import { type ApiError, apiError } from '../errors.ts';
import { isObject, type JsonObject } from '../json.ts';
import type { Database, Row } from './database.ts';
import type { Field } from './fields.ts';
import type { SObjectType } from './schema.ts';

const typeNameOf = ({ attributes }: JsonObject): string | undefined =>
  isObject(attributes) && typeof attributes['type'] === 'string' ? attributes['type'] : undefined;

const invalid = (message: string): ApiError => apiError(400, 'INVALID_FIELD', message);

/** The object that a nested parent is of: the only one, or the one that `attributes.type` names. */
function parentType({ schema }: Database, field: Field, parent: JsonObject): SObjectType {
  const { referenceTo = [], relationshipName, name } = field;
  const named = typeNameOf(parent);
  const candidates = referenceTo.filter(
    (target) => named === undefined || target.toLowerCase() === named.toLowerCase(),
  );
  const [only] = candidates;
  const type = candidates.length === 1 && only !== undefined ? schema.sObject(only) : undefined;
  if (type) return type;
  if (named === undefined)
    throw invalid(
      `The ${relationshipName ?? name} relationship is polymorphic: attributes.type must name the object`,
    );
  throw invalid(`${named} is not a valid parent of ${name}`);
}

/** The field and value that name a parent, for example `{"Ext__c":"x"}`. */
function keyOf(parent: JsonObject): readonly [string, unknown] {
  const [key, ...others] = Object.entries(parent).filter(
    ([name]) => name.toLowerCase() !== 'attributes',
  );
  if (key !== undefined && others.length === 0) return key;
  throw invalid('More than 1 field provided in an external foreign key reference');
}

/**
 * The id of a parent that is named by an external id, as `{"Account":{"Ext__c":"x"}}`
 * ("REST API Developer Guide", Upsert Records Using sObject Rows by External ID).
 *
 * @param hidden ids of records that can't be named yet.
 * @throws ApiError INVALID_FIELD: no such key field, no such record, or several.
 */
export function resolveParent(
  database: Database,
  field: Field,
  parent: JsonObject,
  hidden: ReadonlySet<string> = new Set(),
): string {
  const type = parentType(database, field, parent);
  const [name, value] = keyOf(parent);
  const key = type.field(name);
  if (key === undefined || !(key.externalId === true || key.idLookup === true))
    throw invalid(
      `Field name provided, ${name} is not an External ID or indexed field for ${type.name}`,
    );
  const found =
    key.name === 'Id' ? [database.find(type, String(value))] : database.findByKey(type, key, value);
  const [record, second] = found;
  if (second !== undefined)
    throw invalid(
      `More than one record found for external id field: ${key.name} in entity ${type.name}`,
    );
  if (record === undefined || hidden.has(record.Id))
    throw invalid(
      `Foreign key external ID: ${String(value)} not found for field ${key.name} in entity ${type.name}`,
    );
  return record.Id;
}

/** @throws ApiError when an id names no record of one of the reference's objects. */
export function requireReference(database: Database, field: Field, id: string): void {
  const type = database.schema.byId(id);
  const { referenceTo = [], name, label = name } = field;
  if (
    type === undefined ||
    !referenceTo.some((target) => target.toLowerCase() === type.name.toLowerCase())
  )
    throw apiError(
      400,
      'FIELD_INTEGRITY_EXCEPTION',
      `${label}: id value of incorrect type: ${id}`,
      [name],
    );
  const row = database.find(type, id);
  if (row === undefined)
    throw apiError(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
  if (row['IsDeleted'] === true) throw apiError(400, 'ENTITY_IS_DELETED', 'entity is deleted', []);
}

/** Parents whose rows a write locks: those of master-detail and lookup fields, but no setup objects such as owners. */
export const parentsOf = ({ schema }: Database, type: SObjectType, row: Row): string[] =>
  type.fields
    .filter(
      ({ referenceTo }) =>
        referenceTo?.some((target) => schema.sObject(target)?.setup === true) === false,
    )
    .flatMap(({ name }) => (typeof row[name] === 'string' ? [row[name]] : []));
