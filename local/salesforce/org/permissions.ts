import { apiError } from '../errors.ts';
import type { Field, SObjectType } from './schema.ts';

/** What the integration user may see and edit. */
export interface Permissions {
  readonly canRead: (type: SObjectType, field: Field) => boolean;
  readonly canEdit: (type: SObjectType, field: Field) => boolean;
}

/** Everything of the schema. */
export const allPermissions: Permissions = { canRead: () => true, canEdit: () => true };

/** @throws ApiError INVALID_FIELD: the object has no such field, or the user may not see it; Salesforce makes no difference. */
export function requireField(permissions: Permissions, type: SObjectType, name: string): Field {
  const field = type.field(name);
  if (field && permissions.canRead(type, field)) return field;
  throw apiError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${type.name}`);
}
