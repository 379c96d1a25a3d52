import { UnreadableError } from '../errors.ts';
import type { Database, Row } from './database.ts';
import type { Field } from './fields.ts';
import type { SObjectType } from './schema.ts';

export type ObjectAction = 'Create' | 'Read' | 'Edit' | 'Delete';

const isSame = (text: unknown, other: string): boolean =>
  String(text).toLowerCase() === other.toLowerCase();

/** Required fields need no permission, and system fields have none ("Metadata API Developer Guide", FieldPermissions). */
const isAlwaysGranted = ({ granted, required, masterDetail }: Field): boolean =>
  granted !== false || required === true || masterDetail === true;

/**
 * What a user may see and edit. What a schema file defines is granted; objects and fields with `granted: false`, such as
 * those added by Tooling API, need records of ObjectPermissions and FieldPermissions in a permission set that is assigned
 * to the user ("Object Reference", FieldPermissions, ObjectPermissions, PermissionSetAssignment).
 */
export class Permissions {
  readonly #database: Database;
  readonly #userId: string;

  constructor(database: Database, userId: string) {
    this.#database = database;
    this.#userId = userId;
  }

  canUse(type: SObjectType, action: ObjectAction): boolean {
    return (
      type.granted !== false ||
      this.#granted('ObjectPermissions', type).some((row) => row[`Permissions${action}`] === true)
    );
  }

  canRead(type: SObjectType, field: Field): boolean {
    return isAlwaysGranted(field) || this.#canUseField(type, field, 'PermissionsRead');
  }

  canEdit(type: SObjectType, field: Field): boolean {
    return isAlwaysGranted(field) || this.#canUseField(type, field, 'PermissionsEdit');
  }

  #canUseField(type: SObjectType, field: Field, permission: string): boolean {
    return this.#granted('FieldPermissions', type).some(
      (row) => isSame(row['Field'], `${type.name}.${field.name}`) && row[permission] === true,
    );
  }

  /** The permissions for an object in the user's permission sets. */
  #granted(name: string, { name: sObject }: SObjectType): Row[] {
    const sets = this.#rows('PermissionSetAssignment')
      .filter((row) => row['AssigneeId'] === this.#userId)
      .map((row) => row['PermissionSetId']);
    return this.#rows(name).filter(
      (row) => sets.includes(row['ParentId']) && isSame(row['SobjectType'], sObject),
    );
  }

  #rows(name: string): Row[] {
    const type = this.#database.schema.sObject(name);
    return type === undefined ? [] : this.#database.rows(type);
  }
}

/** @throws ApiError INVALID_FIELD: the object has no such field, or the user may not see it; Salesforce makes no difference. */
export function requireField(permissions: Permissions, type: SObjectType, name: string): Field {
  const field = type.field(name);
  if (field && permissions.canRead(type, field)) return field;
  throw new UnreadableError(
    'INVALID_FIELD',
    `No such column '${name}' on sobject of type ${type.name}`,
  );
}
