import { type ApiError, apiError } from '../errors.ts';
import type { Database, Row } from './database.ts';
import type { Field } from './fields.ts';
import { isCustom } from './fields.ts';
import type { SObjectType } from './schema.ts';

const refuse = (code: string, message: string, fields: readonly string[]): ApiError =>
  apiError(400, code, message, fields);

const badChoice = (label: string, name: string, value: unknown): ApiError =>
  refuse(
    'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    `${label}: bad value for restricted picklist field: ${String(value)}`,
    [name],
  );

/** Fields that a permission can be for: no system fields, no names, none that are required. */
export const isPermissionable = ({ name, required, masterDetail, compound }: Field): boolean =>
  required !== true &&
  masterDetail !== true &&
  compound !== 'Name' &&
  (isCustom(name) ||
    !/^(Id|Name|IsDeleted|OwnerId|RecordTypeId|SystemModstamp|(Created|LastModified)(Date|ById))$/.test(
      name,
    ));

function requireObject(database: Database, { SobjectType }: Row): SObjectType {
  const type = database.schema.sObject(String(SobjectType));
  if (type) return type;
  throw badChoice('SObject Type Name', 'SobjectType', SobjectType);
}

/** "Object Reference", FieldPermissions: the name has its object in front, and editing needs reading. */
function requireFieldPermission(database: Database, row: Row): void {
  const type = requireObject(database, row);
  const [sObject = '', name = ''] = String(row['Field']).split('.');
  const field = sObject.toLowerCase() === type.name.toLowerCase() ? type.field(name) : undefined;
  if (field === undefined || !isPermissionable(field))
    throw badChoice('Field Name', 'Field', row['Field']);
  if (row['PermissionsEdit'] === true && row['PermissionsRead'] !== true)
    throw refuse(
      'FIELD_INTEGRITY_EXCEPTION',
      'Field-level security: PermissionsEdit requires PermissionsRead',
      ['PermissionsEdit'],
    );
}

/** "Object Reference", ObjectPermissions: every other permission requires Read. */
function requireObjectPermission(database: Database, row: Row): void {
  requireObject(database, row);
  const needsRead = ['Create', 'Edit', 'Delete', 'ViewAllRecords', 'ModifyAllRecords'].filter(
    (action) => row[`Permissions${action}`] === true,
  );
  if (row['PermissionsRead'] === true || needsRead.length === 0) return;
  throw refuse(
    'FIELD_INTEGRITY_EXCEPTION',
    `Permission ${needsRead[0]} depends on permission(s): Read`,
    [],
  );
}

/** Pairs of values that only one record can have. */
const PAIRS: Readonly<Record<string, readonly string[]>> = {
  FieldPermissions: ['ParentId', 'Field'],
  ObjectPermissions: ['ParentId', 'SobjectType'],
  PermissionSetAssignment: ['AssigneeId', 'PermissionSetId'],
  GroupMember: ['GroupId', 'UserOrGroupId'],
  QueueSobject: ['QueueId', 'SobjectType'],
};

function requireOnce(database: Database, type: SObjectType, row: Row): void {
  const names = PAIRS[type.name] ?? [];
  const isSame = (other: Row): boolean =>
    other.Id !== row.Id && names.every((name) => other[name] === row[name]);
  const other = names.length > 0 ? database.rows(type).find(isSame) : undefined;
  if (other === undefined) return;
  const message = `duplicate value found: ${names.join(', ')} duplicates value on record with id: ${other.Id}`;
  throw refuse('DUPLICATE_VALUE', message, []);
}

/** Rules of setup objects. The rules are documented, the texts a guess. @throws ApiError */
export function requireSetup(database: Database, type: SObjectType, row: Row): void {
  if (type.name === 'FieldPermissions') requireFieldPermission(database, row);
  if (type.name === 'ObjectPermissions') requireObjectPermission(database, row);
  requireOnce(database, type, row);
}
