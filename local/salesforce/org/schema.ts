import { completeField, completeFields, type Field, isCustom } from './fields.ts';
import { createPrefixes, createRecordTypeIds } from './ids.ts';
import type { DuplicateRule, Trigger, ValidationRule } from './rules.ts';

/** A record type; an object that has some has the field `RecordTypeId`. */
export interface RecordTypeDefinition {
  readonly id?: string;
  readonly developerName: string;
  readonly name?: string;
  /** What a create without `RecordTypeId` gets. */
  readonly default?: boolean;
  /** Makes person accounts. */
  readonly person?: boolean;
}

/** An object as a schema file defines it. System fields (Id, CreatedDate…) are added, or only those that `fields` names as texts. */
export interface SObjectDefinition {
  readonly name: string;
  readonly label?: string;
  readonly labelPlural?: string;
  readonly keyPrefix?: string;
  /** A setup object, which can't be written together with business objects. */
  readonly setup?: boolean;
  /** Whether records have an owner; default: true for custom objects without a master. */
  readonly ownable?: boolean;
  /** Can't be created over the API although it can be read, like `Profile`. */
  readonly createable?: boolean;
  readonly deletable?: boolean;
  /** `false`: without an ObjectPermissions record, the object is as if it did not exist. */
  readonly granted?: boolean;
  readonly recordTypes?: readonly RecordTypeDefinition[];
  readonly validationRules?: readonly ValidationRule[];
  readonly duplicateRules?: readonly DuplicateRule[];
  readonly triggers?: readonly Trigger[];
  readonly fields: readonly (Field | string)[];
}

interface RecordType extends RecordTypeDefinition {
  readonly id: string;
}

export interface SObjectType extends Omit<SObjectDefinition, 'fields' | 'recordTypes'> {
  readonly label: string;
  readonly labelPlural: string;
  readonly keyPrefix: string;
  readonly custom: boolean;
  readonly recordTypes: readonly RecordType[];
  /** In the order of describe. */
  readonly fields: readonly Field[];
  /** A field by its name in any case. */
  readonly field: (name: string) => Field | undefined;
  /** A reference by its relationship name in any case, for example `Account` of `AccountId`. */
  readonly relationship: (name: string) => Field | undefined;
}

/** `Merch__c` is followed as `Merch__r`, `AccountId` as `Account`. */
export const relationshipOf = ({ name, relationshipName }: Field): string =>
  relationshipName ?? name.replace(/__c$/i, '__r').replace(/Id$/, '');

/** What a parent calls the records of an object that refer to it by a field: `Contacts`, `Bugs__r`. Some standard fields have no such name. */
export const childRelationshipOf = (
  { labelPlural }: SObjectType,
  { childRelationshipName, name }: Field,
): string | undefined =>
  childRelationshipName ??
  (isCustom(name) ? `${labelPlural.replaceAll(/\W/g, '_')}__r` : undefined);

type Described = Omit<SObjectDefinition, 'fields'> &
  Pick<SObjectType, 'fields' | 'keyPrefix' | 'recordTypes'>;

function toType(definition: Described): SObjectType {
  const { fields } = definition;
  const byName = new Map(fields.map((field) => [field.name.toLowerCase(), field]));
  const references = fields.filter(({ referenceTo }) => referenceTo !== undefined);
  const byRelationship = new Map(references.map((f) => [relationshipOf(f).toLowerCase(), f]));
  const label = definition.label ?? definition.name.replace(/__[a-z]+$/i, '').replaceAll('_', ' ');
  return {
    ...definition,
    label,
    labelPlural: definition.labelPlural ?? `${label}s`,
    custom: isCustom(definition.name),
    field: (name) => byName.get(name.toLowerCase()),
    relationship: (name) => byRelationship.get(name.toLowerCase()),
  };
}

const keyOf = ({ name }: { readonly name: string }): string => name.toLowerCase();

/** The fields of an object but those of these names. */
const others = ({ fields }: SObjectType, names: readonly string[]): Field[] =>
  fields.filter((field) => !names.some((name) => name.toLowerCase() === keyOf(field)));

/** The fields that a definition adds to a known object, or replaces. */
function addedTo(known: SObjectType, definition: SObjectDefinition): Field[] {
  const named = new Set(
    definition.fields.map((f) => keyOf(typeof f === 'string' ? { name: f } : f)),
  );
  const isNew = (field: Field): boolean =>
    named.has(keyOf(field)) || (field.name === 'RecordTypeId' && !known.field(field.name));
  return completeFields(definition).filter(isNew);
}

/** The org's objects and their fields, found by name in any case. */
export function createSchema() {
  const types = new Map<string, SObjectType>();
  const newPrefix = createPrefixes();
  const newRecordTypeId = createRecordTypeIds();

  const put = (definition: Described): SObjectType => {
    const type = toType(definition);
    types.set(keyOf(type), type);
    return type;
  };
  const identified = (recordTypes: readonly RecordTypeDefinition[] = []): RecordType[] =>
    recordTypes.map((one) => ({ ...one, id: one.id ?? newRecordTypeId() }));
  const addFields = (sObject: SObjectType, fields: readonly Field[]): SObjectType => {
    const names = fields.map(({ name }) => name);
    return put({ ...sObject, fields: [...others(sObject, names), ...fields.map(completeField)] });
  };
  const extend = (known: SObjectType, definition: SObjectDefinition): SObjectType => {
    const recordTypes = [...known.recordTypes, ...identified(definition.recordTypes)];
    const { name, fields } = known;
    const added = addedTo(known, { ...definition, recordTypes });
    return addFields({ ...known, ...definition, name, fields, recordTypes }, added);
  };
  const define = (definition: SObjectDefinition): SObjectType => {
    const known = types.get(keyOf(definition));
    if (known !== undefined) return extend(known, definition);
    return put({
      ...definition,
      keyPrefix: definition.keyPrefix ?? newPrefix(definition.name),
      recordTypes: identified(definition.recordTypes),
      fields: completeFields(definition),
    });
  };

  return {
    /** Adds an object; of an object that is known, the fields. */
    define,
    /** Adds a field to an object, or replaces it. */
    addField: (sObject: SObjectType, field: Field): SObjectType => addFields(sObject, [field]),
    removeField: (sObject: SObjectType, name: string): SObjectType =>
      put({ ...sObject, fields: others(sObject, [name]) }),
    removeSObject: ({ name }: SObjectType): void => {
      types.delete(name.toLowerCase());
    },
    sObject: (name: string): SObjectType | undefined => types.get(name.toLowerCase()),
    /** The object whose key prefix an id has. */
    byId: (id: string): SObjectType | undefined =>
      [...types.values()].find(({ keyPrefix }) => id.startsWith(keyPrefix)),
    all: (): SObjectType[] => [...types.values()],
  };
}

export type Schema = ReturnType<typeof createSchema>;

/** The object whose records are a parent's children by a relationship, named in any case, and the field that refers to it. */
export function findChildren(
  { all }: Pick<Schema, 'all'>,
  parent: SObjectType,
  relationship: string,
): [SObjectType, Field] | undefined {
  for (const child of all()) {
    const field = child.fields.find(
      (own) =>
        own.referenceTo?.some((name) => keyOf({ name }) === keyOf(parent)) === true &&
        childRelationshipOf(child, own)?.toLowerCase() === relationship.toLowerCase(),
    );
    if (field) return [child, field];
  }
  return undefined;
}
