import type {
  CallStep,
  FindStep,
  Mapping,
  Step,
  Target,
  Value,
} from '../../../functions/salesforce-apicall/mapping/definition.ts';

/** What a mapping does with a field. `key`: names a record by it; `once`: the event id field of a create. */
export type FieldUse = 'read' | 'filter' | 'create' | 'update' | 'key' | 'once';

/** What a mapping does with an object. */
export type ObjectUse = 'find' | 'create' | 'update' | 'delete';

/** A field that a step names, or a path to a field of a parent: `Account.Name`. */
export interface FieldNeed {
  readonly object: string;
  readonly path: string;
  readonly uses: readonly FieldUse[];
  /** In the step: `by.Number__c`. */
  readonly place: string;
}

/** What a step needs of Salesforce, as far as the file says it: values of expressions are not known. */
export interface StepNeeds {
  readonly step: string;
  readonly object: string;
  readonly uses: readonly ObjectUse[];
  readonly fields: readonly FieldNeed[];
}

const constantOf = (value: Value | undefined): string | undefined =>
  value !== undefined && 'constant' in value && typeof value.constant === 'string'
    ? value.constant
    : undefined;

function needsOfFind({ name, object, where, select, order }: FindStep): StepNeeds {
  const need = (path: string, use: FieldUse, place: string): FieldNeed => ({
    object,
    path,
    uses: [use],
    place,
  });
  const ordered = (order ?? '').split(',').flatMap((part) => part.trim().split(/\s+/)[0] || []);
  const conditions = where.flatMap(Object.keys);
  const named = new Set([...conditions, ...ordered]);
  return {
    step: name,
    object,
    uses: ['find'],
    fields: [
      ...conditions.map((path) => need(path, 'filter', `where.${path}`)),
      ...ordered.map((path) => need(path, 'read', 'order')),
      ...select.filter((path) => !named.has(path)).map((path) => need(path, 'read', 'select')),
    ],
  };
}

const ACTIONS: Readonly<Record<string, readonly ObjectUse[]>> = {
  GET: ['find'],
  POST: ['create'],
  PATCH: ['update'],
  DELETE: ['delete'],
};

/** Of a call, only an object that it names itself is known. */
function needsOfCall({ name, request }: CallStep): StepNeeds | undefined {
  const object = constantOf(request.object);
  if (constantOf(request.resource) !== 'sobjects' || !object?.match(/^\w+$/)) return undefined;
  const uses = ACTIONS[constantOf(request.action) ?? ''] ?? [];
  return { step: name, object, uses, fields: [] };
}

const keyOf = (target: Target, object: string): FieldNeed[] =>
  'by' in target
    ? [
        {
          object,
          path: target.by.field,
          uses: ['key'],
          place: `by.${target.by.field}`,
        },
      ]
    : [];

const WRITES = {
  create: ['create'],
  upsert: ['create', 'update'],
  update: ['update'],
} as const;

/** `undefined`: nothing that the file says. */
function needsOf(step: Step): StepNeeds | undefined {
  if (step.verb === 'find') return needsOfFind(step);
  if (step.verb === 'call') return needsOfCall(step);
  const { name, object } = step;
  if (step.verb === 'delete')
    return { step: name, object, uses: ['delete'], fields: keyOf(step.target, object) };
  const uses = WRITES[step.verb];
  const written = Object.entries(step.fields).map(([field, value]): FieldNeed => {
    const path = 'parent' in value ? `${field}.${value.parent.field}` : field;
    return { object, path, uses, place: `fields.${field}` };
  });
  const once = step.verb === 'create' ? step.once : undefined;
  return {
    step: name,
    object,
    uses,
    fields: [
      ...(step.verb === 'create' ? [] : keyOf(step.target, object)),
      ...(once === undefined
        ? []
        : [{ object, path: once, uses: ['once', 'create'], place: 'once' } as const]),
      ...written,
    ],
  };
}

/** What the steps of a mapping need of Salesforce. */
export const needsOfMapping = ({ steps }: Mapping): StepNeeds[] =>
  steps.flatMap((step) => needsOf(step) ?? []);
