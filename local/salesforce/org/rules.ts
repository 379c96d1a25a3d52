import { z } from 'zod';

/** A field's value compared with another. Texts compare without regard to case, as formulas of pick lists and names do. */
const condition = z.strictObject({
  field: z.string(),
  is: z.enum(['missing', 'present', 'changed', 'equal', 'unequal', 'less', 'greater', 'matching']),
  value: z.union([z.string(), z.number(), z.boolean()]).exactOptional(),
});

export type Condition = z.infer<typeof condition>;

const event = z.enum(['insert', 'update']);

/** Refuses a record for which all conditions hold ("Order of Execution", step 5). */
export const validationRule = z.strictObject({
  name: z.string(),
  when: z.array(condition).min(1),
  message: z.string(),
  /** Where the error is shown; default: at the top of the page, with no field. */
  field: z.string().exactOptional(),
});

/** Finds records with the same values in all of the fields ("Order of Execution", step 6). */
export const duplicateRule = z.strictObject({
  name: z.string(),
  fields: z.array(z.string()).min(1),
  /** An alert can be passed by with `Sforce-Duplicate-Rule-Header: allowSave=true`. */
  action: z.enum(['block', 'alert']).default('block'),
  message: z.string().default('Use one of these records?'),
});

/** An Apex trigger that inserts another record after the save (step 8). `{Name}` in a value is the record's field. */
export const trigger = z.strictObject({
  name: z.string(),
  on: z.array(event).min(1).default(['insert']),
  insert: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

export type ValidationRule = z.infer<typeof validationRule>;
export type DuplicateRule = z.infer<typeof duplicateRule>;
export type Trigger = z.infer<typeof trigger>;
