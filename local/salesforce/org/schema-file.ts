import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ApiError } from '../errors.ts';
import { FIELD_TYPES, type Field } from './fields.ts';
import { duplicateRule, trigger, validationRule } from './rules.ts';
import type { SObjectDefinition } from './schema.ts';

const apiName = z
  .string()
  .regex(/^[A-Za-z]\w*$/, 'an API name has letters, digits, and underscores, for example Bug__c');
const length = z.int().min(1).max(131_072);

const fieldShape = z
  .strictObject({
    name: apiName,
    type: z.enum(FIELD_TYPES),
    label: z.string().exactOptional(),
    length: length.exactOptional(),
    precision: z.int().min(1).max(18).exactOptional(),
    scale: z.int().min(0).max(17).exactOptional(),
    required: z.boolean().exactOptional(),
    default: z.unknown().exactOptional(),
    unique: z.boolean().exactOptional(),
    caseSensitive: z.boolean().exactOptional(),
    externalId: z.boolean().exactOptional(),
    idLookup: z.boolean().exactOptional(),
    referenceTo: z.array(apiName).min(1).exactOptional(),
    relationshipName: apiName.exactOptional(),
    childRelationshipName: apiName.exactOptional(),
    masterDetail: z.boolean().exactOptional(),
    cascadeDelete: z.boolean().exactOptional(),
    reparentable: z.boolean().exactOptional(),
    values: z.array(z.string()).min(1).exactOptional(),
    restricted: z.boolean().exactOptional(),
    createable: z.boolean().exactOptional(),
    updateable: z.boolean().exactOptional(),
    readOnly: z.boolean().exactOptional(),
    calculated: z.boolean().exactOptional(),
    autoNumber: z
      .string()
      .regex(/\{0+\}/, 'an auto-number has its digits in braces, for example CASE-{0000}')
      .exactOptional(),
    compound: apiName.exactOptional(),
    granted: z.boolean().exactOptional(),
  })
  .refine(({ type, referenceTo }) => (type === 'reference') === (referenceTo !== undefined), {
    message: 'a reference, and no other type, has referenceTo',
    path: ['referenceTo'],
  })
  .refine(({ restricted, values }) => values !== undefined || restricted !== true, {
    message: 'a restricted picklist has values',
    path: ['values'],
  })
  .refine(
    ({ type, externalId }) =>
      externalId !== true || ['string', 'double', 'int', 'email'].includes(type),
    {
      message: 'an external id is of the type string, double, int, or email',
      path: ['externalId'],
    },
  );

const definitionShape = z.strictObject({
  name: apiName,
  label: z.string().exactOptional(),
  labelPlural: z.string().exactOptional(),
  keyPrefix: z
    .string()
    .regex(/^[A-Za-z0-9]{3}$/, 'a key prefix has three letters or digits')
    .exactOptional(),
  setup: z.boolean().exactOptional(),
  ownable: z.boolean().exactOptional(),
  createable: z.boolean().exactOptional(),
  deletable: z.boolean().exactOptional(),
  granted: z.boolean().exactOptional(),
  recordTypes: z
    .array(
      z.strictObject({
        id: z
          .string()
          .regex(/^012[A-Za-z0-9]{15}$/, 'a record type id has 18 characters')
          .exactOptional(),
        developerName: apiName,
        name: z.string().exactOptional(),
        default: z.boolean().exactOptional(),
        person: z.boolean().exactOptional(),
      }),
    )
    .exactOptional(),
  validationRules: z.array(validationRule).exactOptional(),
  duplicateRules: z.array(duplicateRule).exactOptional(),
  triggers: z.array(trigger).exactOptional(),
  fields: z.array(z.union([apiName, fieldShape])).default([]),
});

const toField = ({ readOnly, ...field }: z.infer<typeof fieldShape>): Field =>
  readOnly === true ? { ...field, createable: false, updateable: false } : field;

const nameOf = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
    ? value.name
    : undefined;

/** Where a mistake is, by the names of the object and the field: `Bug__c.Key__c.length`, `Bug__c.fields[2]`. */
function placeOf(value: unknown, path: readonly PropertyKey[]): string {
  let at: unknown = value;
  const steps = path.map((key) => {
    at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined;
    return nameOf(at) ?? (typeof key === 'number' ? `[${key}]` : String(key));
  });
  return steps
    .join('.')
    .replaceAll('.fields.', '.')
    .replace(/\.\[/g, '[')
    .replace(/^(\w+)\[/, '$1.fields[');
}

/** A field is a name or an object: what matters is what is wrong with the object. */
function withoutUnion(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const inner = issue.errors.at(-1) ?? [];
  return inner.map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
}

/**
 * The objects that a schema file, `POST /__sim/schema`, or an option defines: an array, or a single object.
 *
 * @throws ApiError 400 that names the object, the field, and what is wrong with it.
 */
export function parseDefinitions(value: unknown): SObjectDefinition[] {
  const list = Array.isArray(value) ? value : [value];
  const parsed = z.array(definitionShape).safeParse(list);
  if (parsed.success)
    return parsed.data.map(({ fields, ...definition }) => ({
      ...definition,
      fields: fields.map((field) => (typeof field === 'string' ? field : toField(field))),
    }));
  const mistakes = parsed.error.issues
    .flatMap((issue) => withoutUnion(issue))
    .map(({ path, message }) => `${placeOf(list, path)}: ${message}`);
  throw new ApiError(400, { message: mistakes.join('\n') });
}

const FILES = ['standard-objects.json', 'custom-objects.json'];

/**
 * The objects that every simulated org has: the common standard objects as a new org describes them, with person accounts
 * enabled, and the custom objects and fields of this project's tests, demo and soak.
 */
export const readSchemaFiles = (): SObjectDefinition[] =>
  FILES.flatMap((name) =>
    parseDefinitions(JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'))),
  );
