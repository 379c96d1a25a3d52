import { createPrefixes } from './ids.ts';

/** A field type by the names that describe uses ("Object Reference", Field Types). */
export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'picklist'
  | 'multipicklist'
  | 'combobox'
  | 'boolean'
  | 'int'
  | 'double'
  | 'currency'
  | 'percent'
  | 'date'
  | 'datetime'
  | 'time'
  | 'reference'
  | 'email'
  | 'phone'
  | 'url'
  | 'address'
  | 'base64'
  | 'encryptedstring'
  | 'anyType';

/** A field as a schema file defines it. What is left out has Salesforce's usual value. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly label?: string;
  /** Characters of a text. */
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  /** Must have a value in a create, and can't be cleared. */
  readonly required?: boolean;
  /** The value that a create without one gets. */
  readonly default?: unknown;
  readonly unique?: boolean;
  /** Of a unique text: whether `ABC` and `abc` are two values. */
  readonly caseSensitive?: boolean;
  readonly externalId?: boolean;
  /** Can name a record in a URL and in an upsert like an external id. */
  readonly idLookup?: boolean;
  /** Objects whose ids a reference holds; more than one makes it polymorphic. */
  readonly referenceTo?: readonly string[];
  readonly relationshipName?: string;
  /** The parent's name for the records that refer to it, for example `Contacts`; default: from the object's plural label. */
  readonly childRelationshipName?: string;
  /** A master-detail relationship: required, deleted with its parent. */
  readonly masterDetail?: boolean;
  readonly reparentable?: boolean;
  readonly values?: readonly string[];
  /** A picklist that refuses other values. */
  readonly restricted?: boolean;
  readonly createable?: boolean;
  readonly updateable?: boolean;
  /** A formula, rollup or compound field: never writable. */
  readonly calculated?: boolean;
  /** An auto-number's display format, for example `CASE-{0000}`. */
  readonly autoNumber?: string;
}

/** An object as a schema file defines it. Fields that every object has (Id, CreatedDate…) are added. */
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
  readonly fields: readonly Field[];
}

export interface SObjectType extends Omit<SObjectDefinition, 'fields'> {
  readonly label: string;
  readonly labelPlural: string;
  readonly keyPrefix: string;
  readonly custom: boolean;
  /** In the order of describe. */
  readonly fields: readonly Field[];
  /** A field by its name in any case. */
  readonly field: (name: string) => Field | undefined;
  /** A reference by its relationship name in any case, for example `Account` of `AccountId`. */
  readonly relationship: (name: string) => Field | undefined;
}

const audit = (name: string, type: FieldType, more: Partial<Field> = {}): Field => ({
  name,
  type,
  createable: false,
  updateable: false,
  ...more,
});
const user = (name: string, relationshipName: string): Field =>
  audit(name, 'reference', { referenceTo: ['User'], relationshipName });

const SYSTEM_FIELDS: readonly Field[] = [
  audit('Id', 'id', { length: 18, idLookup: true }),
  audit('IsDeleted', 'boolean', { default: false }),
  audit('CreatedDate', 'datetime'),
  user('CreatedById', 'CreatedBy'),
  audit('LastModifiedDate', 'datetime'),
  user('LastModifiedById', 'LastModifiedBy'),
  audit('SystemModstamp', 'datetime'),
];

const NAME: Field = { name: 'Name', type: 'string', length: 80, idLookup: true };
const OWNER: Field = {
  name: 'OwnerId',
  type: 'reference',
  referenceTo: ['Group', 'User'],
  relationshipName: 'Owner',
};

const isCustom = (name: string): boolean => /__[a-z]+$/i.test(name);

function completed({ name, fields, ownable }: SObjectDefinition): Field[] {
  const has = (field: string): boolean =>
    fields.some((own) => own.name.toLowerCase() === field.toLowerCase());
  const isEvent = /__e$/i.test(name);
  const isOwned = ownable ?? (isCustom(name) && !isEvent && !fields.some((f) => f.masterDetail));
  const added = [
    ...SYSTEM_FIELDS.filter((field) => !has(field.name)),
    ...(isCustom(name) && !isEvent && !has('Name') ? [NAME] : []),
    ...(isOwned && !has('OwnerId') ? [OWNER] : []),
  ];
  return [...added, ...fields];
}

/** `Merch__c` is followed as `Merch__r`, `AccountId` as `Account`. */
const relationshipOf = ({ name, relationshipName }: Field): string =>
  relationshipName ?? name.replace(/__c$/i, '__r').replace(/Id$/, '');

/** What a parent calls the records of an object that refer to it by a field: `Contacts`, `Bugs__r`. */
export const childRelationshipOf = (
  { custom, labelPlural }: SObjectType,
  { childRelationshipName, name }: Field,
): string => {
  const plural = labelPlural.replaceAll(/\W/g, custom ? '_' : '');
  return childRelationshipName ?? (custom || /__c$/i.test(name) ? `${plural}__r` : plural);
};

function toType(definition: SObjectDefinition, keyPrefix: string): SObjectType {
  const fields = completed(definition);
  const byName = new Map(fields.map((field) => [field.name.toLowerCase(), field]));
  const references = fields.filter(({ referenceTo }) => referenceTo !== undefined);
  const byRelationship = new Map(references.map((f) => [relationshipOf(f).toLowerCase(), f]));
  const label = definition.label ?? definition.name.replace(/__[a-z]+$/i, '').replaceAll('_', ' ');
  return {
    ...definition,
    label,
    labelPlural: definition.labelPlural ?? `${label}s`,
    keyPrefix,
    custom: isCustom(definition.name),
    fields,
    field: (name) => byName.get(name.toLowerCase()),
    relationship: (name) => byRelationship.get(name.toLowerCase()),
  };
}

/** The org's objects and their fields, found by name in any case. */
export function createSchema(definitions: readonly SObjectDefinition[]) {
  const types = new Map<string, SObjectType>();
  const newPrefix = createPrefixes();

  const define = (definition: SObjectDefinition): SObjectType => {
    const known = types.get(definition.name.toLowerCase());
    const prefix = definition.keyPrefix ?? known?.keyPrefix ?? newPrefix(definition.name);
    const type = toType(definition, prefix);
    types.set(definition.name.toLowerCase(), type);
    return type;
  };
  for (const definition of definitions) define(definition);

  return {
    /** Adds an object, or replaces one of the same name. */
    define,
    /** Adds a field to an object, or replaces it. */
    addField: (sObject: SObjectType, field: Field): SObjectType =>
      define({
        ...sObject,
        fields: [
          ...sObject.fields.filter(({ name }) => name.toLowerCase() !== field.name.toLowerCase()),
          field,
        ],
      }),
    sObject: (name: string): SObjectType | undefined => types.get(name.toLowerCase()),
    /** The object whose key prefix an id has. */
    byId: (id: string): SObjectType | undefined =>
      [...types.values()].find(({ keyPrefix }) => id.startsWith(keyPrefix)),
    all: (): SObjectType[] => [...types.values()],
  };
}

export type Schema = ReturnType<typeof createSchema>;
