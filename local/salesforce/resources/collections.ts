import { type ApiError, apiError } from '../errors.ts';
import { isObject, malformed } from '../json.ts';
import { type RowWrite, toChunks, writeCollection } from '../org/collection.ts';
import { upsertKey } from '../org/database.ts';
import type { Field } from '../org/fields.ts';
import { isId, toLongId } from '../org/ids.ts';
import type { Fields } from '../org/input.ts';
import { createMixedDmlCheck } from '../org/mixed-dml.ts';
import type { Org } from '../org/org.ts';
import type { SObjectType } from '../org/schema.ts';
import { isMissing } from '../org/values.ts';
import type { Resource, RestRequest } from '../resource.ts';
import { errorsOfCreate, requireKeyField } from './record.ts';

const MAX_RECORDS = 200;
const MAX_CHUNKS = 10;

/** A record of the body: its object, and its fields without `attributes`. */
interface Entry {
  readonly type: SObjectType;
  readonly fields: Fields;
}

/** @throws ApiError EXCEEDED_ID_LIMIT; the text is reported, not documented. */
export function requireAtMost(limit: number, count: number): void {
  if (count <= limit) return;
  const message = `record limit reached. cannot submit more than ${limit} records into this call`;
  throw apiError(400, 'EXCEEDED_ID_LIMIT', message);
}

/** @throws ApiError 400 if the record is not one of an object of the org. */
function toRecord({ sObject }: Org, value: unknown, index: number): Entry {
  if (!isObject(value)) throw malformed(`records[${index}] must be an object`);
  const { attributes, ...fields } = value;
  const name = isObject(attributes) ? attributes['type'] : undefined;
  if (typeof name !== 'string')
    throw apiError(400, 'INVALID_INPUT', `records[${index}] must have attributes.type`);
  const type = sObject(name);
  if (type) return { type, fields };
  const message = `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`;
  throw apiError(400, 'INVALID_TYPE', message);
}

/** The body's records. @throws ApiError 400 for the entire call if it is not well formed, or too large. */
function recordsOf(org: Org, body: unknown): { records: Entry[]; allOrNone: boolean } {
  if (!isObject(body)) throw malformed('The request body must be an object with records');
  const { records, allOrNone = false } = body;
  if (!Array.isArray(records)) throw malformed('records must be an array');
  if (typeof allOrNone !== 'boolean') throw malformed('allOrNone must be true or false');
  requireAtMost(MAX_RECORDS, records.length);
  return { records: records.map((record, index) => toRecord(org, record, index)), allOrNone };
}

/** The text is Apex's for the same limit; the code is a guess. */
function requireChunks(records: readonly Entry[]): void {
  if (toChunks(records).length <= MAX_CHUNKS) return;
  const message = `Cannot have more than ${MAX_CHUNKS} chunks in a single operation. Please rearrange the data to reduce chunking.`;
  throw apiError(400, 'INVALID_INPUT', message);
}

/** The pages forbid setup and business objects in one call; that the entire call fails is a guess. */
function requireUnmixed(records: readonly Entry[]): void {
  const check = createMixedDmlCheck();
  for (const { type, fields } of records) check(type, fields);
}

const keyOf = (fields: Fields, name: string): string | undefined =>
  Object.keys(fields).find((key) => key.toLowerCase() === name.toLowerCase());

/** A field's value, by its name in any case, and the other fields. */
function take(fields: Fields, name: string): { value: unknown; rest: Fields } {
  const key = keyOf(fields, name);
  if (key === undefined) return { value: undefined, rest: fields };
  const { [key]: value, ...rest } = fields;
  return { value, rest };
}

/** Keys that occur more than once. */
function repeated(keys: readonly string[]): ReadonlySet<string> {
  return new Set(keys.filter((key, index) => keys.indexOf(key) !== index));
}

/** "Create Records Using sObject Collections". */
function create({ body }: RestRequest, org: Org) {
  const { records, allOrNone } = recordsOf(org, body);
  requireChunks(records);
  requireUnmixed(records);
  const rows = records.map(({ type, fields }): RowWrite => {
    const write: RowWrite['write'] = (options) => {
      if (keyOf(fields, 'Id') === undefined)
        return { id: org.dml.insert(type, fields, options), errors: errorsOfCreate(type) };
      const message = 'cannot specify Id in an insert call';
      throw apiError(400, 'INVALID_FIELD_FOR_INSERT_UPDATE', message, ['Id']);
    };
    return { type, write };
  });
  return { status: 200, body: writeCollection(org, rows, { allOrNone, keepsIds: false }) };
}

/** All records of a key that the call repeats fail: "SOAP API Developer Guide", upsert(); a guess for updates. */
const duplicate = (what: string, key: unknown): ApiError =>
  apiError(400, 'DUPLICATE_VALUE', `Duplicate ${what} specified: ${String(key)}`, []);

/** "Update Records Using sObject Collections". */
function update({ body }: RestRequest, org: Org) {
  const { records, allOrNone } = recordsOf(org, body);
  requireChunks(records);
  requireUnmixed(records);
  const split = records.map(({ type, fields }) => ({ type, ...take(fields, 'Id') }));
  const duplicates = repeated(split.map(({ value }) => toLongId(String(value))));
  const rows = split.map(({ type, value, rest }): RowWrite => {
    const write: RowWrite['write'] = (options) => {
      if (isMissing(value))
        throw apiError(400, 'MISSING_ARGUMENT', 'Id not specified in an update call', ['Id']);
      const id = String(value);
      if (duplicates.has(toLongId(id))) throw duplicate('id', id);
      return { id: org.dml.update(type, id, rest, options) };
    };
    return { type, write };
  });
  return { status: 200, body: writeCollection(org, rows, { allOrNone, keepsIds: true }) };
}

/** @throws ApiError 400 for the entire call: the guess of a text for what the page forbids. */
function requireType(records: readonly Entry[], { name }: SObjectType): void {
  const other = records.find(({ type }) => type.name !== name);
  if (other === undefined) return;
  const message = `The records must be of the type in the URL, ${name}, but one is of the type ${other.type.name}`;
  throw apiError(400, 'INVALID_INPUT', message);
}

/** "Only external ids are supported. Don't use record ids." */
function requireExternalId(org: Org, type: SObjectType, name: string): Field {
  const field = requireKeyField(org, type, name);
  if (field.name !== 'Id') return field;
  const message = 'Upserts of collections need an external ID field, not Id';
  throw apiError(400, 'INVALID_FIELD', message, ['Id']);
}

/** "Upsert Records Using sObject Collections". */
function upsert({ body, params }: RestRequest, org: Org) {
  const type = org.requireSObject(params['sObject'] ?? '');
  const field = requireExternalId(org, type, params['field'] ?? '');
  const { records, allOrNone } = recordsOf(org, body);
  requireType(records, type);
  const split = records.map(({ fields }) => take(fields, field.name));
  const duplicates = repeated(
    split.filter(({ value }) => !isMissing(value)).map(({ value }) => upsertKey(field, value)),
  );
  const rows = split.map(({ value, rest }): RowWrite => {
    const write: RowWrite['write'] = (options) => {
      if (isMissing(value) || String(value).trim() === '')
        // The text is reported; the code is a guess.
        throw apiError(400, 'MISSING_ARGUMENT', `${field.name} not specified`, []);
      if (duplicates.has(upsertKey(field, value))) throw duplicate('external id', value);
      return org.dml.upsert({ type, field, value }, rest, options);
    };
    const creates = isMissing(value) || org.database.findBy(type, field, value).length === 0;
    return { type, write, ...(field.name === 'Id' ? {} : { creates }) };
  });
  return { status: 200, body: writeCollection(org, rows, { allOrNone, keepsIds: true }) };
}

/** The object of an id; undefined for a malformed one, and for a key prefix that no object has. */
function typeOfId({ schema }: Org, id: string): SObjectType | undefined {
  return isId(id) ? schema.byId(id) : undefined;
}

/** "Delete Records Using sObject Collections". */
function remove({ query }: RestRequest, org: Org) {
  const ids = (query.get('ids') ?? '').split(',').filter((id) => id !== '');
  if (ids.length === 0) throw apiError(400, 'MISSING_ARGUMENT', 'The ids parameter is required');
  requireAtMost(MAX_RECORDS, ids.length);
  const rows = ids.map((id): RowWrite & { id: string } => {
    const type = typeOfId(org, id);
    const write = () => {
      if (type === undefined) throw apiError(400, 'MALFORMED_ID', `malformed id ${id}`, []);
      return { id: org.dml.remove(type, id) };
    };
    return { id, type, write };
  });
  requireUnmixed(rows.flatMap(({ type }) => (type ? [{ type, fields: {} }] : [])));
  const allOrNone = query.get('allOrNone') === 'true';
  return { status: 200, body: writeCollection(org, rows, { allOrNone, keepsIds: true }) };
}

/** "sObject Collections": up to 200 records in one call. */
export const collections: readonly Resource[] = [
  { path: '/composite/sobjects', methods: { POST: create, PATCH: update, DELETE: remove } },
  { path: '/composite/sobjects/:sObject/:field', methods: { PATCH: upsert } },
];
