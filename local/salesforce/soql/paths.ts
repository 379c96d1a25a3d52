import type { Row } from '../org/database.ts';
import type { Field } from '../org/fields.ts';
import type { Org } from '../org/org.ts';
import { relationshipOf, type SObjectType } from '../org/schema.ts';
import { queryError } from './errors.ts';

/** What a statement, or a part of it, is compiled against. */
export interface Scope {
  readonly org: Org;
  /** The object in FROM. */
  readonly type: SObjectType;
  readonly alias: string | undefined;
  /** The whole statement, for error messages. */
  readonly statement: string;
  /** The URL of a record, as `attributes.url`. */
  readonly urlOf: (type: SObjectType, id: string) => string;
  /** With rows in the recycle bin, as queryAll. */
  readonly deleted: boolean;
  readonly now: Date;
}

/** A reference that a path follows. */
export interface Hop {
  /** For example `Account` or `Bug__r`. */
  readonly name: string;
  readonly field: Field;
  /** The parent's object; undefined: one of several, seen as the object `Name`. */
  readonly target: SObjectType | undefined;
}

/** A field, of the object itself or of a parent. */
export interface Path {
  readonly hops: readonly Hop[];
  readonly field: Field;
  readonly read: (row: Row) => unknown;
}

const REFERENCE_LENGTH = 18;

/** Fields of the parents of a polymorphic reference ("Object Reference", Name). `Type` is the parent's object. */
const NAME_FIELDS: readonly Field[] = [
  { name: 'Id', type: 'id', length: REFERENCE_LENGTH },
  { name: 'Type', type: 'picklist' },
  { name: 'Name', type: 'string' },
  { name: 'FirstName', type: 'string' },
  { name: 'LastName', type: 'string' },
  { name: 'Alias', type: 'string' },
  { name: 'Email', type: 'email' },
  { name: 'Phone', type: 'phone' },
  { name: 'Title', type: 'string' },
  { name: 'Username', type: 'string' },
  { name: 'IsActive', type: 'boolean' },
  { name: 'ProfileId', type: 'reference', referenceTo: ['Profile'] },
  { name: 'UserRoleId', type: 'reference', referenceTo: ['UserRole'] },
];

/** The path of a selected field, with the alias in front of it if there is one. */
export const pathOf = (selected: { readonly field: string; readonly rawValue?: string }): string =>
  selected.rawValue ?? selected.field;

const isSame = (one: string, other: string | undefined): boolean =>
  one.toLowerCase() === other?.toLowerCase();

const HINT = 'Please reference your WSDL or the describe call for the appropriate names.';

function noColumn({ statement }: Scope, path: string, name: string, entity: string) {
  const text = `No such column '${name}' on entity '${entity}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. ${HINT}`;
  return queryError(statement, path, 'INVALID_FIELD', text);
}

function noRelationship({ statement }: Scope, path: string, name: string) {
  const text = `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. ${HINT}`;
  return queryError(statement, path, 'INVALID_FIELD', text);
}

/** The objects whose records a reference holds, as far as the org has them. */
function targetOf({ org }: Scope, { referenceTo = [] }: Field): Pick<Hop, 'target'> | undefined {
  const [first] = referenceTo;
  if (first === undefined) return undefined;
  if (referenceTo.length > 1) return { target: undefined };
  const target = org.sObject(first);
  return target && { target };
}

function hopOf(scope: Scope, type: SObjectType | undefined, name: string): Hop | undefined {
  const field =
    type === undefined
      ? NAME_FIELDS.find((one) => one.referenceTo && isSame(relationshipOf(one), name))
      : type.relationship(name);
  if (field === undefined) return undefined;
  if (type !== undefined && !scope.org.permissions.canRead(type, field)) return undefined;
  const target = targetOf(scope, field);
  return (
    target && {
      name: relationshipOf(field),
      field,
      ...target,
    }
  );
}

function fieldOf({ org }: Scope, type: SObjectType | undefined, name: string): Field | undefined {
  if (type === undefined) return NAME_FIELDS.find((field) => isSame(field.name, name));
  const field = type.field(name);
  return field && org.permissions.canRead(type, field) ? field : undefined;
}

/** The row that a reference holds, if any, and its object. */
export function follow({ org }: Scope, { field }: Hop, row: Row): [SObjectType, Row] | undefined {
  const id = row[field.name];
  if (typeof id !== 'string') return undefined;
  const type = org.schema.byId(id);
  const parent = type && org.database.find(type, id);
  return type && parent && [type, parent];
}

/** Reads a field of a row, or of the parent that the path leads to. */
export function readField(scope: Scope, hops: readonly Hop[], { name }: Field) {
  return (row: Row): unknown => {
    let current: [SObjectType, Row] = [scope.type, row];
    for (const hop of hops) {
      const parent = follow(scope, hop, current[1]);
      if (parent === undefined) return null;
      current = parent;
    }
    const isPolymorphic = hops.length > 0 && hops.at(-1)?.target === undefined;
    return (isPolymorphic && name === 'Type' ? current[0].name : current[1][name]) ?? null;
  };
}

/** The path without the alias or the object's own name in front. */
function segmentsOf({ type, alias }: Scope, path: string): string[] {
  const segments = path.split('.');
  const [first = '', ...others] = segments;
  const isOwn = isSame(first, alias) || (isSame(first, type.name) && !type.relationship(first));
  return others.length > 0 && isOwn ? others : segments;
}

/**
 * Finds `Name`, `Account.Name` and so on, by names in any case.
 *
 * @throws ApiError INVALID_FIELD for names that do not exist or that the user may not see, in the same words.
 */
export function resolve(scope: Scope, path: string): Path {
  const segments = segmentsOf(scope, path);
  const name = segments.pop() ?? '';
  const hops: Hop[] = [];
  let type: SObjectType | undefined = scope.type;
  for (const segment of segments) {
    const hop = hopOf(scope, type, segment);
    if (hop === undefined) throw noRelationship(scope, path, segment);
    hops.push(hop);
    type = hop.target;
  }
  const field = fieldOf(scope, type, name);
  if (field === undefined) throw noColumn(scope, path, name, type?.name ?? 'Name');
  return { hops, field, read: readField(scope, hops, field) };
}

/** The scope of another object of the same statement. @throws ApiError INVALID_TYPE if the org has no such object. */
export function scopeOf(scope: Omit<Scope, 'type' | 'alias'>, sObject: string, alias?: string) {
  const type = scope.org.sObject(sObject);
  if (type) return { ...scope, type, alias };
  const text = `sObject type '${sObject}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. ${HINT}`;
  throw queryError(scope.statement, sObject, 'INVALID_TYPE', text);
}
