import { z } from 'zod';
import { apiError } from '../errors.ts';
import type { Field, FieldType } from './fields.ts';

/** A field as "Metadata API Developer Guide", CustomField, names its properties. */
const metadataShape = z.looseObject({
  type: z.string(),
  label: z.string().optional(),
  length: z.coerce.number().int().optional(),
  precision: z.coerce.number().int().optional(),
  scale: z.coerce.number().int().optional(),
  required: z.boolean().optional(),
  unique: z.boolean().optional(),
  caseSensitive: z.boolean().optional(),
  externalId: z.boolean().optional(),
  defaultValue: z.unknown().optional(),
  referenceTo: z.string().optional(),
  relationshipName: z.string().optional(),
  displayFormat: z.string().optional(),
  formula: z.string().optional(),
  valueSet: z
    .looseObject({
      restricted: z.boolean().optional(),
      valueSetDefinition: z
        .looseObject({
          value: z.array(
            z.looseObject({
              fullName: z.string().optional(),
              valueName: z.string().optional(),
              label: z.string().optional(),
              default: z.boolean().optional(),
            }),
          ),
        })
        .optional(),
    })
    .nullish(),
});

type FieldMetadata = z.infer<typeof metadataShape>;

const TYPES: Readonly<Record<string, FieldType>> = {
  AutoNumber: 'string',
  Checkbox: 'boolean',
  Currency: 'currency',
  Date: 'date',
  DateTime: 'datetime',
  Email: 'email',
  EncryptedText: 'encryptedstring',
  Html: 'textarea',
  LongTextArea: 'textarea',
  Lookup: 'reference',
  MasterDetail: 'reference',
  MultiselectPicklist: 'multipicklist',
  Number: 'double',
  Percent: 'percent',
  Phone: 'phone',
  Picklist: 'picklist',
  Text: 'string',
  TextArea: 'textarea',
  Time: 'time',
  Url: 'url',
};

/** What a type must be given, as the Metadata API's messages say. */
const NEEDED: Readonly<Record<string, readonly (keyof FieldMetadata)[]>> = {
  Text: ['length'],
  LongTextArea: ['length'],
  Html: ['length'],
  Number: ['precision', 'scale'],
  Currency: ['precision', 'scale'],
  Percent: ['precision', 'scale'],
  Lookup: ['referenceTo'],
  MasterDetail: ['referenceTo'],
  AutoNumber: ['displayFormat'],
};

/** "Metadata API Developer Guide", CustomField: external ids are of these types. */
const EXTERNAL_ID_TYPES = ['Text', 'Number', 'Email', 'AutoNumber'];
const MAX_TEXT = 255;

function mistakeOf({ type, length = 0, externalId, formula }: FieldMetadata): string | undefined {
  if (TYPES[type] === undefined) return `Field Type: bad value: ${type}`;
  if (formula !== undefined && formula !== '') return 'Formula fields are not simulated';
  if (type === 'Text' && length > MAX_TEXT) return `Length must be between 1 and ${MAX_TEXT}`;
  if (externalId === true && !EXTERNAL_ID_TYPES.includes(type))
    return `Can not specify 'externalId' for a CustomField of type ${type}`;
  return undefined;
}

/** @throws ApiError as a deployment of the field would fail. The texts of missing properties are reported, others are a guess. */
function requireConsistent(metadata: FieldMetadata): void {
  const { type } = metadata;
  const missing = NEEDED[type]?.find((name) => metadata[name] === undefined);
  const mistake =
    mistakeOf(metadata) ??
    (missing && `Must specify '${missing}' for a CustomField of type ${type}`);
  if (mistake !== undefined)
    throw apiError(400, 'FIELD_INTEGRITY_EXCEPTION', mistake, missing ? [missing] : ['Metadata']);
}

function picklistOf({ valueSet }: FieldMetadata): Partial<Field> {
  const definition = valueSet?.valueSetDefinition?.value;
  if (definition === undefined) return {};
  const nameOf = (one: (typeof definition)[number]): string =>
    one.fullName ?? one.valueName ?? one.label ?? '';
  const initial = definition.find((one) => one.default === true);
  return {
    values: definition.map(nameOf),
    restricted: valueSet?.restricted === true,
    ...(initial === undefined ? {} : { default: nameOf(initial) }),
  };
}

const given = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** The field that metadata describes, invisible until a permission grants it. */
export function toField(name: string, metadata: FieldMetadata): Field {
  const {
    type,
    label = name,
    referenceTo,
    relationshipName,
    displayFormat,
    defaultValue,
  } = metadata;
  const { length, precision, scale, unique, caseSensitive, externalId, required } = metadata;
  const isCheckbox = type === 'Checkbox';
  return {
    name,
    type: TYPES[type] ?? 'string',
    label,
    ...given({ length, precision, scale, unique, caseSensitive, externalId, required }),
    ...given({
      autoNumber: displayFormat,
      childRelationshipName: relationshipName && `${relationshipName}__r`,
    }),
    ...given({ masterDetail: type === 'MasterDetail' || undefined }),
    ...given({ referenceTo: referenceTo === undefined ? undefined : [referenceTo] }),
    ...(isCheckbox ? { default: defaultValue === true || defaultValue === 'true' } : {}),
    ...picklistOf(metadata),
    granted: false,
  };
}

/** The metadata of a request. @throws ApiError that says what is wrong with it. */
export function parseMetadata(metadata: unknown): FieldMetadata {
  const { data, error } = metadataShape.safeParse(metadata);
  if (error) throw apiError(400, 'JSON_PARSER_ERROR', z.prettifyError(error), ['Metadata']);
  requireConsistent(data);
  return data;
}
