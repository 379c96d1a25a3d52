import { apiError } from '../errors.ts';
import type { Fields } from './input.ts';
import type { SObjectType } from './schema.ts';
import { isMissing } from './values.ts';

/** Setup objects that can be written together with others ("Apex Developer Guide", sObjects That Can't Be Used Together in DML Operations). */
const MIXABLE = ['Group', 'GroupMember'];

function isSetup({ setup, name }: SObjectType, fields: Fields): boolean {
  if (name === 'User') return !isMissing(fields['UserRoleId']);
  return setup === true && !MIXABLE.includes(name);
}

/** Refuses setup and business objects in one transaction or collection. */
export function createMixedDmlCheck() {
  const seen = new Map<boolean, SObjectType>();

  /** @throws ApiError MIXED_DML_OPERATION */
  return (type: SObjectType, fields: Fields): void => {
    const setup = isSetup(type, fields);
    const other = seen.get(!setup);
    if (other !== undefined) {
      const message = `DML operation on setup object is not permitted after you have updated a non-setup object (or vice versa): ${type.name}, original object: ${other.name}`;
      throw apiError(400, 'MIXED_DML_OPERATION', message, []);
    }
    if (!seen.has(setup)) seen.set(setup, type);
  };
}
