import { type ApiError, apiError } from '../errors.ts';
import { isObject } from '../json.ts';
import type { Database } from './database.ts';
import type { Field } from './fields.ts';
import { type Permissions, requireField } from './permissions.ts';
import { requireReference, resolveParent } from './references.ts';
import type { SObjectType } from './schema.ts';
import { isMissing, toStored } from './values.ts';

export type Fields = Readonly<Record<string, unknown>>;

interface Context {
  readonly database: Database;
  readonly permissions: Permissions;
  /** Records that the same chunk has created: they can't be named as parents yet ("SOAP API Developer Guide", create()). */
  readonly chunk?: ReadonlySet<string> | undefined;
}

const readOnly = (names: readonly string[]): ApiError =>
  apiError(
    400,
    'INVALID_FIELD_FOR_INSERT_UPDATE',
    `Unable to create/update fields: ${names.join(', ')}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
    names,
  );

/** The field that a key of the body means, and its value: a parent's id where the parent is named by an external id. */
function entryOf(
  { database, permissions, chunk }: Context,
  type: SObjectType,
  key: string,
  value: unknown,
): [Field, unknown] {
  const relation = isObject(value) ? type.relationship(key) : undefined;
  if (relation === undefined || !isObject(value))
    return [requireField(permissions, type, key), value];
  return [relation, resolveParent(database, relation, value, chunk)];
}

function requireWritable(
  { permissions }: Context,
  type: SObjectType,
  fields: readonly Field[],
  isCreate: boolean,
): void {
  const refused = fields.filter(
    (field) =>
      field.calculated === true ||
      field.autoNumber !== undefined ||
      (isCreate ? field.createable : field.updateable) === false ||
      (!isCreate && field.masterDetail === true && field.reparentable !== true) ||
      !permissions.canEdit(type, field),
  );
  if (refused.length > 0) throw readOnly(refused.map(({ name }) => name));
}

/** The code for platform events, and both texts, are reported. */
const idGiven = ({ name }: SObjectType): ApiError =>
  name.endsWith('__e')
    ? apiError(400, 'INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', [
        'Id',
      ])
    : apiError(400, 'INVALID_FIELD', 'The Id field should not be specified in the sobject data.', [
        'Id',
      ]);

/**
 * A body's fields as the org stores them, under their API names.
 *
 * @throws ApiError for the first key or value that Salesforce refuses.
 */
export function toRowFields(
  context: Context,
  type: SObjectType,
  fields: Fields,
  isCreate: boolean,
): Fields {
  const keys = Object.keys(fields).filter((key) => key.toLowerCase() !== 'attributes');
  if (keys.some((key) => key.toLowerCase() === 'id')) throw idGiven(type);
  const entries = keys.map((key) => entryOf(context, type, key, fields[key]));
  requireWritable(
    context,
    type,
    entries.map(([field]) => field),
    isCreate,
  );
  return Object.fromEntries(
    entries.map(([field, value]) => {
      const stored = toStored(field, value);
      if (field.referenceTo !== undefined && typeof stored === 'string')
        requireReference(context.database, field, stored);
      return [field.name, stored];
    }),
  );
}

/** @throws ApiError REQUIRED_FIELD_MISSING, naming every missing field. */
export function requireFields(type: SObjectType, row: Fields): void {
  const missing = type.fields
    .filter(
      ({ required, masterDetail, name }) =>
        (required === true || masterDetail === true) && isMissing(row[name]),
    )
    .map(({ name }) => name);
  if (missing.length === 0) return;
  const message = `Required fields are missing: [${missing.join(', ')}]`;
  throw apiError(400, 'REQUIRED_FIELD_MISSING', message, missing);
}
