import { ApiError, apiError, entryOf } from '../errors.ts';
import type { Database, Row } from './database.ts';
import type { Fields } from './input.ts';
import type { Condition, DuplicateRule, Trigger, ValidationRule } from './rules.ts';
import type { SObjectType } from './schema.ts';
import { isMissing } from './values.ts';

const fold = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);

const ordered = (a: unknown, b: unknown): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : Number(String(a) > String(b));
};

const tests: Readonly<
  Record<Condition['is'], (value: unknown, other: unknown, old: unknown) => boolean>
> = {
  missing: (value) => isMissing(value),
  present: (value) => !isMissing(value),
  changed: (value, _other, old) => old !== undefined && value !== old,
  equal: (value, other) => fold(value) === fold(other),
  unequal: (value, other) => fold(value) !== fold(other),
  less: (value, other) => !isMissing(value) && ordered(value, other) < 0,
  greater: (value, other) => !isMissing(value) && ordered(value, other) > 0,
  matching: (value, other) => new RegExp(String(other)).test(String(value ?? '')),
};

const nameOf = (type: SObjectType, name: string): string => type.field(name)?.name ?? name;

function requireValid(
  type: SObjectType,
  { when, message, field }: ValidationRule,
  row: Row,
  old: Row | undefined,
): void {
  const holds = when.every(({ field: name, is, value }) => {
    const key = nameOf(type, name);
    return tests[is](row[key], value, old?.[key]);
  });
  if (!holds) return;
  const fields = field === undefined ? [] : [nameOf(type, field)];
  throw apiError(400, 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message, fields);
}

/** Values of a record under `{Name}` in a trigger's values. */
const filled = (type: SObjectType, { values }: Trigger, row: Row): Fields =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string'
        ? value.replaceAll(/\{(\w+)\}/g, (_, key: string) => String(row[nameOf(type, key)] ?? ''))
        : value,
    ]),
  );

/** An error inside a trigger, as Salesforce reports it for the record that started it. */
function wrapped({ name }: Trigger, event: string, error: ApiError): ApiError {
  const { statusCode, message, fields } = entryOf(error);
  const text = `${name}: execution of After${event}\n\ncaused by: System.DmlException: Insert failed. First exception on row 0; first error: ${statusCode}, ${message}: [${fields.join(', ')}]\n\nTrigger.${name}: line 1, column 1`;
  return apiError(400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', text, []);
}

/** Triggers start triggers; Salesforce stops at this depth ("Execution Governors and Limits"). */
const MAX_DEPTH = 16;

/**
 * What an org's own rules do to a write: validation rules, duplicate rules, and triggers, as the schema defines them, in
 * the order of "Apex Developer Guide", Triggers and Order of Execution.
 */
export class AutomationRules {
  readonly #database: Database;
  #allowSave = false;
  #depth = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Runs a request with its `Sforce-Duplicate-Rule-Header` ("REST API Developer Guide", Duplicate Rule Header). */
  during<Result>(header: string | undefined, work: () => Result): Result {
    const outer = this.#allowSave;
    this.#allowSave = outer || /\ballowSave\s*=\s*true\b/i.test(header ?? '');
    try {
      return work();
    } finally {
      this.#allowSave = outer;
    }
  }

  /** Validation and duplicate rules, which run before unique values are checked. @throws ApiError */
  before(type: SObjectType, row: Row, old: Row | undefined): void {
    for (const rule of type.validationRules ?? []) requireValid(type, rule, row, old);
    for (const rule of type.duplicateRules ?? []) this.#requireNoDuplicate(type, rule, row);
  }

  /** After-triggers, in the same transaction. @throws ApiError of what they insert, wrapped. */
  after(
    type: SObjectType,
    row: Row,
    old: Row | undefined,
    insert: (type: SObjectType, fields: Fields) => void,
  ): void {
    const event = old === undefined ? 'insert' : 'update';
    for (const trigger of type.triggers ?? [])
      if (trigger.on.includes(event)) this.#fire(trigger, type, row, event, insert);
  }

  #fire(
    trigger: Trigger,
    type: SObjectType,
    row: Row,
    event: 'insert' | 'update',
    insert: (type: SObjectType, fields: Fields) => void,
  ): void {
    const title = event === 'insert' ? 'Insert' : 'Update';
    this.#depth += 1;
    try {
      if (this.#depth > MAX_DEPTH) throw tooDeep(trigger);
      const target = this.#database.schema.sObject(trigger.insert);
      if (target) insert(target, filled(type, trigger, row));
    } catch (error) {
      throw error instanceof ApiError ? wrapped(trigger, title, error) : error;
    } finally {
      this.#depth -= 1;
    }
  }

  #requireNoDuplicate(
    type: SObjectType,
    { fields, action, message }: DuplicateRule,
    row: Row,
  ): void {
    if (action === 'alert' && this.#allowSave) return;
    const names = fields.map((name) => nameOf(type, name));
    if (names.some((name) => isMissing(row[name]))) return;
    const isSame = (other: Row): boolean =>
      other.Id !== row.Id && names.every((name) => fold(other[name]) === fold(row[name]));
    if (this.#database.rows(type).some(isSame))
      throw apiError(400, 'DUPLICATES_DETECTED', message, []);
  }
}

const tooDeep = ({ name }: Trigger): ApiError =>
  apiError(
    400,
    'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    `${name}: maximum trigger depth exceeded`,
    [],
  );
