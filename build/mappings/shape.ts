import * as z from 'zod';
import { headerName } from '../../functions/salesforce-apicall/request/schema.ts';

/** `{% … %}`, whole: what else stands in the text is checked where its place is known. */
export const expression = z
  .string("is not an expression — write '{% … %}'")
  .regex(/^\{%/, "is not an expression — write '{% … %}'");

const LENGTH = 'is not a length — write a whole number from 1';

const object = z
  .string('is not the name of an object — write one such as Contact')
  .regex(/^[A-Za-z]\w{0,79}$/, 'is not the name of an object — write one such as Contact');
const fieldName = /^[A-Za-z]\w{0,79}$/;
const field = z.string().regex(fieldName, 'is not the name of a field — write one such as Name');
const fieldPath = z
  .string('is not the name of a field — write one such as Name or Account.Name')
  .regex(
    /^[A-Za-z]\w*(?:\.[A-Za-z]\w*)*$/,
    'is not the name of a field — write one such as Name or Account.Name',
  );

const scalar = z.union(
  [z.string(), z.number(), z.boolean(), z.null()],
  "is not a value — write a text, a number, true, false, null or '{% … %}'",
);
const condition = z.union(
  [scalar, z.array(scalar).min(1, 'is empty — write at least one value')],
  "is not a value — write one, or a list of which any may match, or '{% … %}'",
);
const conditions = z
  .record(field, condition)
  .refine((map) => Object.keys(map).length > 0, 'is empty — name at least one field');
const parent = z
  .record(field, scalar)
  .refine(
    (map) => Object.keys(map).length === 1,
    'is not a parent — write one external id field, such as {Shop_Id__c: …}',
  );
const fields = z
  .record(
    field,
    z.union([scalar, parent], 'is not a value or {External_Id__c: value}'),
    'is not a map of fields — write {Field: value}',
  )
  .describe('Field → value, or relationship → {external id field: value}.');
const key = z
  .record(field, scalar)
  .refine(
    (map) => Object.keys(map).length === 1,
    'is not one external id field — write one, such as {Shop_Id__c: …}',
  )
  .describe('The external id field by which the record is known, and its value.');

const name = z
  .string('is not a name — write letters, digits and _, such as bug')
  .regex(/^[A-Za-z]\w{0,39}$/, 'is not a name — write letters, digits and _, such as bug');

const choice = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, `is not one of ${words.join(', ')}`);

const anyStep = {
  as: name.optional().describe('The variable ($name) that later steps know the result by.'),
  when: expression
    .optional()
    .describe('The step is skipped unless this is true, a record or a list.'),
  unless: expression
    .optional()
    .describe('The step is skipped if this is true, a record or a list.'),
};

const anyWrite = {
  ...anyStep,
  each: expression.optional().describe('A list: the step writes once for each $item.'),
  'item-key': expression
    .optional()
    .describe('What identifies an item when the event is handled again. Default: its $index.'),
  fit: z
    .record(fieldPath, z.int(LENGTH).positive(LENGTH))
    .optional()
    .describe('Text field → length to which it is cut.'),
  headers: z
    .record(headerName, scalar)
    .optional()
    .describe('Headers of the call: Sforce-… and If-… only.'),
};
const nulls = choice(['clear', 'keep'])
  .optional()
  .describe('What null does to a field: clear (default) or keep.');
const id = scalar.optional().describe('The record id.');
const by = key.optional();

const find = z.strictObject({
  find: object.describe('The object of which records are looked for.'),
  as: name.describe('The variable ($name) that later steps know the record by; null: none found.'),
  where: z
    .union(
      [conditions, z.array(conditions).min(1)],
      'is not a map of conditions — write {Field: value}, or a list of such maps as alternatives',
    )
    .describe('Field → value, all of which must match; a list of such maps: any of them.'),
  filter: z
    .string('is not a text — write a SOQL condition')
    .min(1, 'is empty — write a SOQL condition, or leave it out')
    .optional()
    .describe('A SOQL condition that must hold, too. No expressions.'),
  select: z.array(fieldPath).optional().describe('Fields besides Id and those of where and order.'),
  order: z
    .string()
    .regex(
      /^[A-Za-z][\w.]*(?: (?:ASC|DESC))?(?: NULLS (?:FIRST|LAST))?(?:, ?[A-Za-z][\w.]*(?: (?:ASC|DESC))?(?: NULLS (?:FIRST|LAST))?)*$/i,
      'is not an order — write one such as "LastModifiedDate DESC"',
    )
    .optional()
    .describe('Such as "LastModifiedDate DESC". Needed for many: first.'),
  many: choice(['fail', 'first', 'all'])
    .optional()
    .describe('If several are found: fail (default), take the first, or all as a list.'),
  none: choice(['continue', 'fail', 'retry', 'stop'])
    .optional()
    .describe('If none is found: continue with null (default), fail, retry, or stop with success.'),
  when: anyStep.when,
  unless: anyStep.unless,
});

const create = z.strictObject({
  create: object.describe('The object of which a record is created.'),
  fields,
  once: field
    .optional()
    .describe('A unique external id field, by which Salesforce itself makes the record once.'),
  nulls,
  ...anyWrite,
});
const upsert = z.strictObject({
  upsert: object.describe('The object of which a record is updated, or created.'),
  by,
  id,
  fields,
  nulls,
  ...anyWrite,
});
const update = z.strictObject({
  update: object.describe('The object of which a record is updated.'),
  by,
  id,
  fields,
  nulls,
  ...anyWrite,
});
const remove = z.strictObject({
  delete: object.describe('The object of which a record is deleted.'),
  by,
  id,
  ...anyWrite,
});
const call = z.strictObject({
  call: z
    .strictObject({
      action: scalar.describe('GET, POST, PATCH, PUT, DELETE or HEAD.'),
      resource: scalar.describe('Such as sobjects, composite or apexrest.'),
      object: scalar.optional(),
      record: scalar.optional(),
      query: z.record(z.string(), scalar).optional(),
      payload: z.unknown().optional(),
    })
    .describe('A request as in docs/apicall.md, with expressions in its values.'),
  ...anyWrite,
});

/** Verb → the step's shape. */
export const stepShapes = { find, create, upsert, update, delete: remove, call } as const;
export type Verb = keyof typeof stepShapes;
export type StepOf<Word extends Verb> = z.infer<(typeof stepShapes)[Word]>;

const exactTexts = (example: string) =>
  z
    .array(
      z.string(`is not an exact text — write one such as ${example}`).min(1, 'is empty'),
      `is not a list of exact texts — write one such as [${example}]`,
    )
    .min(1, 'is empty — name at least one');

const row = z.record(z.string(), z.unknown());
const example = z
  .strictObject({
    name: z.string('is missing — say what the example shows'),
    event: z.string('is missing — name a file such as events/bus-order-placed.json'),
    found: z
      .record(z.string(), z.union([row, z.array(row), z.null()]))
      .optional()
      .describe('Name of a find → the record, the records, or null.'),
    sends: z.array(row).optional().describe('The writes, as steps without expressions.'),
    fails: z.string().optional().describe('A part of the message that it fails with.'),
    matches: z.literal(false, 'is not false — leave it out for an event that matches').optional(),
  })
  .refine(
    ({ sends, fails, matches }) =>
      [sends, fails, matches].filter((expected) => expected !== undefined).length === 1,
    'expects nothing — write one of sends, fails and matches: false',
  );

const MAX_STEPS = 20;

/** A mapping without its steps, each of which is checked by its verb. */
export const mappingShape = z.strictObject(
  {
    description: z.string('is missing — say in a sentence what the mapping does').min(1),
    priority: choice(['normal', 'low'])
      .optional()
      .describe('low: waits while more than ApiUsageThreshold percent of the API calls are used.'),
    on: z
      .strictObject({
        source: exactTexts('github.com'),
        'detail-type': exactTexts('Order Placed'),
        detail: z
          .record(z.string(), z.unknown(), 'is not a map — write {field: [values]}')
          .optional(),
      })
      .describe('The event pattern of the events that are mapped.'),
    key: expression
      .optional()
      .describe('What identifies the event. Default: the delivery, or its id.'),
    let: z.record(name, z.unknown()).optional().describe('Values that expressions use as $name.'),
    steps: z
      .array(z.unknown(), 'is missing — write at least one step')
      .min(1, 'is empty — write at least one step')
      .max(MAX_STEPS, `has more than ${MAX_STEPS} steps — split the mapping`),
    examples: z.array(example).optional().describe('Run by npm run mappings -- test.'),
  },
  'is not a map of keys — begin with npm run mappings -- new',
);

export type Example = z.infer<typeof example>;

/** The whole mapping, as its JSON Schema publishes it. */
export const publishedShape = mappingShape.extend({
  steps: z
    .array(z.union(Object.values(stepShapes)))
    .min(1)
    .max(MAX_STEPS),
});
