/** Field types by the names that describe uses ("Object Reference", Field Types). */
export const FIELD_TYPES = [
  'id',
  'string',
  'textarea',
  'picklist',
  'multipicklist',
  'combobox',
  'boolean',
  'int',
  'double',
  'currency',
  'percent',
  'date',
  'datetime',
  'time',
  'reference',
  'email',
  'phone',
  'url',
  'address',
  'base64',
  'encryptedstring',
  'anyType',
] as const;

export type FieldType = (typeof FIELD_TYPES)[number];

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
  /** The parent's name for the records that refer to it, for example `Contacts`; default: of custom fields, from the object's plural label. */
  readonly childRelationshipName?: string;
  /** A master-detail relationship: required, deleted with its parent. */
  readonly masterDetail?: boolean;
  /** A lookup whose records are deleted with the one that they refer to, like an account's contacts. */
  readonly cascadeDelete?: boolean;
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
  /** The field that is made of this one: `BillingAddress` of `BillingCity`, `Name` of `LastName`. */
  readonly compound?: string;
  /** `false`: without a FieldPermissions record, the integration user neither sees nor edits the field. */
  readonly granted?: boolean;
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
  audit('Id', 'id', { idLookup: true }),
  audit('IsDeleted', 'boolean', { default: false, label: 'Deleted' }),
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
const RECORD_TYPE: Field = {
  name: 'RecordTypeId',
  type: 'reference',
  referenceTo: ['RecordType'],
};

/** What subscribers get with a platform event ("Platform Events Developer Guide", Platform Event Fields). */
const EVENT_FIELDS: readonly Field[] = [
  audit('ReplayId', 'string', { label: 'Replay ID' }),
  audit('CreatedDate', 'datetime'),
  user('CreatedById', 'CreatedBy'),
  audit('EventUuid', 'string', { length: 36, label: 'Event UUID' }),
];

export const isCustom = (name: string): boolean => /__[a-z]+$/i.test(name);

export const isPlatformEvent = (name: string): boolean => /__e$/i.test(name);

/** Characters of types that have a usual length ("Object Reference", Field Types, and describes of a new org). */
const LENGTHS: Partial<Record<FieldType, number>> = {
  id: 18,
  reference: 18,
  string: 255,
  textarea: 255,
  picklist: 255,
  multipicklist: 4099,
  combobox: 255,
  email: 80,
  phone: 40,
  url: 255,
  encryptedstring: 175,
  anyType: 255,
};

/** `BillingCity` is labelled Billing City, `AccountId` Account ID, `Order_Number__c` Order Number. */
const labelOf = (name: string): string =>
  isCustom(name)
    ? name.replace(/__[a-z]+$/i, '').replaceAll('_', ' ')
    : name.replace(/(?<=.)Id$/, 'ID').replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, ' ');

/** What a new record has without a given value. */
export const initialValue = ({ default: value, type }: Field): unknown =>
  value ?? (type === 'boolean' ? false : null);

/** A field with its label and length. */
export function completeField(field: Field): Field {
  const { name, type, label = labelOf(name), length = LENGTHS[type] } = field;
  return { ...field, label, ...(length === undefined ? {} : { length }) };
}

interface Definition {
  readonly name: string;
  readonly ownable?: boolean;
  readonly recordTypes?: readonly unknown[];
  readonly fields: readonly (Field | string)[];
}

/** The fields that a definition leaves out, in front of its own. */
function implied({ name, fields, ownable, recordTypes = [] }: Definition): Field[] {
  const own = fields.filter((field): field is Field => typeof field !== 'string');
  const has = (other: Field): boolean =>
    own.some((field) => field.name.toLowerCase() === other.name.toLowerCase());
  const isRecord = isCustom(name) && !isPlatformEvent(name);
  const isOwned = ownable ?? (isRecord && !own.some((field) => field.masterDetail));
  const added = [
    ...(own.length < fields.length ? [] : isPlatformEvent(name) ? EVENT_FIELDS : SYSTEM_FIELDS),
    ...(isRecord ? [NAME] : []),
    ...(isOwned ? [OWNER] : []),
    ...(recordTypes.length > 0 ? [RECORD_TYPE] : []),
  ];
  return added.filter((field) => !has(field));
}

/**
 * An object's fields in the order of describe. Texts among them stand for system fields; without any, all system fields
 * come first.
 */
export function completeFields(definition: Definition): Field[] {
  const own = definition.fields.flatMap((field) =>
    typeof field === 'string' ? SYSTEM_FIELDS.filter(({ name }) => name === field) : [field],
  );
  return [...implied(definition), ...own].map(completeField);
}

/** Longer texts are stored apart, and can't be compared ("SOQL and SOSL Reference", WHERE). */
const LONGEST_COMPARED = 255;

/** Whether a field is a long text area. */
export const isLongText = ({ type, length = 0 }: Field): boolean =>
  type === 'textarea' && length > LONGEST_COMPARED;
