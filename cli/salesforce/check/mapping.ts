import { instead } from '../../../build/mappings/suggest.ts';
import type { JsonObject } from '../../../functions/common/json.ts';
import type { Mapping } from '../../../functions/salesforce-apicall/mapping/definition.ts';
import { fieldsOf, type Org } from '../org.ts';
import type { Settings } from '../settings.ts';
import { type Passed, StepError } from '../steps.ts';
import { describeObject, mistakesOfEventIdField } from './api.ts';
import {
  type FieldNeed,
  type FieldUse,
  needsOfMapping,
  type ObjectUse,
  type StepNeeds,
} from './mapping-needs.ts';

/** Describes an object. @throws StepError when the user can't see it */
type Describe = (object: string) => Promise<JsonObject>;

/** Each object once. */
function createDescribe(org: Org, settings: Settings): Describe {
  const known = new Map<string, Promise<JsonObject>>();
  return (object) => {
    const name = object.toLowerCase();
    const description = known.get(name) ?? describeObject(org, object, settings);
    known.set(name, description);
    return description;
  };
}

const PERMISSIONS: Readonly<Record<ObjectUse, string>> = {
  find: 'queryable',
  create: 'createable',
  update: 'updateable',
  delete: 'deletable',
};

const describedFields = ({ fields }: JsonObject): JsonObject[] =>
  Array.isArray(fields) ? fields.map(fieldsOf) : [];

const isNamed = (name: string, key: 'name' | 'relationshipName') => (field: JsonObject) =>
  String(field[key] ?? '').toLowerCase() === name.toLowerCase();

const namesOf = (fields: readonly JsonObject[], key: 'name' | 'relationshipName'): string[] =>
  fields.flatMap((field) => (typeof field[key] === 'string' ? [field[key]] : []));

/** Up to this many names are listed where none is near. */
const MAX_NAMES = 12;

const nearest = (name: string, known: readonly string[]): string => {
  const text = instead(name, known);
  return text.startsWith(' — there') && known.length > MAX_NAMES ? '' : text;
};

/** What keeps a field from a use, in words that follow its name. */
const mistakesByUse: Readonly<Record<FieldUse, (field: JsonObject) => readonly string[]>> = {
  read: () => [],
  filter: (field) => (field['filterable'] === false ? ["can't be searched by"] : []),
  key: (field) =>
    field['externalId'] === true || field['idLookup'] === true ? [] : ['is not an external id'],
  once: mistakesOfEventIdField,
  create: (field) => (field['createable'] === true ? [] : ['is not createable for this user']),
  update: (field) => (field['updateable'] === true ? [] : ['is not updateable for this user']),
};

const problemsOfField = (object: string, field: JsonObject, uses: readonly FieldUse[]): string[] =>
  uses.flatMap((use) =>
    mistakesByUse[use](field).map((mistake) => `${object}.${field['name']} ${mistake}`),
  );

/** A relationship: the field that has the parent's id, and the parent's object. */
async function parentProblems(
  need: FieldNeed,
  fields: readonly JsonObject[],
  describe: Describe,
): Promise<string[]> {
  const { object, path, uses, place } = need;
  const [relationship = '', ...rest] = path.split('.');
  const reference = fields.find(isNamed(relationship, 'relationshipName'));
  if (reference === undefined) {
    const near = nearest(relationship, namesOf(fields, 'relationshipName'));
    return [`${object} has no relationship ${relationship} that this user can see${near}`];
  }
  const [parent] = Array.isArray(reference['referenceTo']) ? reference['referenceTo'] : [];
  const isWrite = uses.some((use) => use === 'create' || use === 'update');
  const inner: FieldNeed = {
    object: String(parent),
    path: rest.join('.'),
    uses: isWrite ? ['key'] : uses,
    place,
  };
  return [
    ...(isWrite ? problemsOfField(object, reference, uses) : []),
    ...(await fieldProblems(inner, describe)),
  ];
}

async function fieldProblems(need: FieldNeed, describe: Describe): Promise<string[]> {
  const { object, path, uses } = need;
  const fields = describedFields(await describe(object));
  if (path.includes('.')) return parentProblems(need, fields, describe);
  const field = fields.find(isNamed(path, 'name'));
  if (field !== undefined) return problemsOfField(object, field, uses);
  return [
    `${object} has no field ${path} that this user can see${nearest(path, namesOf(fields, 'name'))}`,
  ];
}

async function stepProblems(
  { object, uses, fields }: StepNeeds,
  describe: Describe,
): Promise<string[]> {
  const description = await describe(object);
  const missing = uses
    .map((use) => PERMISSIONS[use])
    .filter((permission) => description[permission] !== true);
  const problems = missing.map((permission) => `${object} is not ${permission} for this user`);
  for (const need of fields) {
    const own = await fieldProblems(need, describe);
    problems.push(...own.map((problem) => `${need.place}: ${problem}`));
  }
  return problems;
}

/**
 * Checks that the user has what a step of a mapping names: object, fields, and the rights to them.
 *
 * @throws StepError listing all that is missing, with names that are near.
 */
async function checkStep(
  org: Org,
  needs: StepNeeds,
  { name }: Mapping,
  describe: Describe,
): Promise<Passed<Org>> {
  const problems = await stepProblems(needs, describe);
  if (problems.length > 0)
    throw new StepError(
      [...new Set(problems)].join('; '),
      `Correct mappings/${name}.yaml, or give the user the object and its fields in a permission set.`,
    );
  const { object, uses, fields } = needs;
  const names = [...new Set(fields.map(({ path }) => path))];
  const rights = uses.map((use) => PERMISSIONS[use]).join(', ');
  return { value: org, detail: [`${object} ${rights}`, ...names].join(', ') };
}

/** The checks of the steps of mappings, with their names. Objects that several of them write are described once. */
export function mappingChecks(mappings: readonly Mapping[], settings: Settings) {
  let described: { readonly org: Org; readonly describe: Describe } | undefined;
  const describeIn = (org: Org): Describe => {
    if (described?.org !== org) described = { org, describe: createDescribe(org, settings) };
    return described.describe;
  };
  return mappings.flatMap((mapping) =>
    needsOfMapping(mapping).map((needs) => ({
      name: `mapping ${mapping.name}, step ${needs.step}`,
      check: (org: Org) => checkStep(org, needs, mapping, describeIn(org)),
    })),
  );
}
