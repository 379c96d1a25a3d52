import { type Field, type FieldType, isCustom, isLongText } from './fields.ts';
import type { Permissions } from './permissions.ts';
import { relationshipOf, type SObjectType } from './schema.ts';
import { isPermissionable } from './setup-rules.ts';

const SOAP_TYPES: Partial<Record<FieldType, string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
  time: 'xsd:time',
  address: 'urn:address',
  base64: 'xsd:base64Binary',
};

const NUMBERS: readonly FieldType[] = ['double', 'currency', 'percent'];
const NOT_GROUPABLE: readonly FieldType[] = [...NUMBERS, 'datetime', 'address', 'combobox'];

/** Always filled in, although no create has to name them. */
const FILLED_IN = /^(Id|OwnerId|SystemModstamp|(Created|LastModified)(Date|ById))$/;

const BYTES_PER_CHARACTER = 3;
const PRECISION = 18;

const isNillable = ({ name, type, required, masterDetail, autoNumber }: Field): boolean =>
  !(
    required === true ||
    masterDetail === true ||
    type === 'boolean' ||
    autoNumber !== undefined ||
    FILLED_IN.test(name)
  );

/** The field that names a record: `Name`, or what stands for it. */
export const nameFieldOf = ({ fields }: SObjectType): Field | undefined =>
  ['Name', 'CaseNumber', 'Subject', 'Title', 'OrderItemNumber', 'ContractNumber', 'DeveloperName']
    .map((name) => fields.find((field) => field.name === name))
    .find((field) => field !== undefined);

const picklistValue = (value: string, defaultValue: unknown) => ({
  active: true,
  defaultValue: value === defaultValue,
  label: value,
  validFor: null,
  value,
});

const lengths = ({ type, length = 0, precision = PRECISION, scale }: Field) => ({
  length,
  byteLength: ['id', 'reference'].includes(type) ? length : length * BYTES_PER_CHARACTER,
  digits: type === 'int' ? Math.min(precision, 9) : 0,
  precision: NUMBERS.includes(type) ? precision : 0,
  scale: NUMBERS.includes(type) ? (scale ?? (type === 'currency' ? 2 : 0)) : 0,
});

const abilities = (field: Field) => ({
  aggregatable: !(field.type === 'boolean' || field.type === 'address' || isLongText(field)),
  filterable: !(isLongText(field) || field.type === 'base64'),
  groupable: !(isLongText(field) || NOT_GROUPABLE.includes(field.type)),
  sortable: !(isLongText(field) || field.type === 'address'),
  permissionable: isPermissionable(field),
  queryByDistance: field.type === 'address',
  searchPrefilterable: field.type === 'reference',
});

function reference(field: Field) {
  const { referenceTo = [] } = field;
  const isPolymorphic = referenceTo.length > 1;
  return {
    referenceTo,
    relationshipName: referenceTo.length > 0 ? relationshipOf(field) : null,
    relationshipOrder: field.masterDetail === true ? 0 : null,
    referenceTargetField: null,
    namePointing: isPolymorphic,
    polymorphicForeignKey: isPolymorphic,
    cascadeDelete: field.masterDetail === true,
    restrictedDelete: false,
    writeRequiresMasterRead: false,
  };
}

function writability({ calculated, autoNumber, ...field }: Field, canEdit: boolean) {
  const isWritable = calculated !== true && autoNumber === undefined && canEdit;
  const isFixed = field.masterDetail === true && field.reparentable !== true;
  return {
    createable: isWritable && field.createable !== false,
    updateable: isWritable && field.updateable !== false && !isFixed,
  };
}

/** What no field of the simulator has. */
const ABSENT = {
  aiPredictionField: false,
  calculatedFormula: null,
  controllerName: null,
  defaultValueFormula: null,
  dependentPicklist: false,
  deprecatedAndHidden: false,
  displayLocationInDecimal: false,
  filteredLookupInfo: null,
  formulaTreatNullNumberAsZero: false,
  highScaleNumber: false,
  htmlFormatted: false,
  inlineHelpText: null,
  mask: null,
  maskType: null,
};

/** A field as "SOAP API Developer Guide", DescribeSObjectResult: Field, describes it to a user. */
export function describeField(permissions: Permissions, type: SObjectType, field: Field) {
  const { name, label = name, values = [], default: defaultValue = null } = field;
  return {
    ...ABSENT,
    name,
    label: name === 'Id' ? `${type.label} ID` : label,
    type: field.type,
    soapType: SOAP_TYPES[field.type] ?? 'xsd:string',
    ...lengths(field),
    autoNumber: field.autoNumber !== undefined,
    calculated: field.calculated === true,
    caseSensitive: field.caseSensitive === true,
    compoundFieldName: field.compound ?? null,
    custom: isCustom(name),
    defaultValue: field.type === 'boolean' ? (defaultValue ?? false) : defaultValue,
    defaultedOnCreate: defaultValue !== null || field.type === 'boolean' || FILLED_IN.test(name),
    encrypted: field.type === 'encryptedstring',
    externalId: field.externalId === true,
    extraTypeInfo: field.type === 'textarea' ? 'plaintextarea' : null,
    idLookup: field.idLookup === true || field.externalId === true,
    nameField: field === nameFieldOf(type),
    nillable: isNillable(field),
    picklistValues: values.map((value) => picklistValue(value, defaultValue)),
    restrictedPicklist: field.restricted === true,
    unique: field.unique === true,
    ...writability(field, permissions.canEdit(type, field)),
    ...abilities(field),
    ...reference(field),
  };
}
