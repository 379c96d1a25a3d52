import { type ApiError, apiError, notFound } from '../errors.ts';
import type { Database } from './database.ts';
import { parseMetadata, toField } from './field-metadata.ts';
import { type Field, isCustom } from './fields.ts';
import { toLongId } from './ids.ts';
import type { SObjectType } from './schema.ts';

export interface CustomField {
  readonly id: string;
  readonly type: SObjectType;
  readonly field: Field;
}

/** Tasks and events have the fields of Activity. */
const ACTIVITIES = ['Task', 'Event'];

const refuse = (code: string, message: string, fields: readonly string[]): ApiError =>
  apiError(400, code, message, fields);

/**
 * Custom fields that Tooling and Metadata API add to the org. A new one is invisible until a permission set grants it
 * ("Object Reference", FieldPermissions), unless it is required.
 */
export class CustomFields {
  readonly #database: Database;
  readonly #ids = new Map<string, string>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** @param fullName for example `Case.Event_Id__c`. @returns the field's id. @throws ApiError as a deployment would fail. */
  create(fullName: unknown, metadata: unknown): string {
    const { targets, name } = this.#targetsOf(fullName);
    const parsed = parseMetadata(metadata);
    const { referenceTo } = parsed;
    if (referenceTo !== undefined && this.#database.schema.sObject(referenceTo) === undefined)
      throw refuse(
        'FIELD_INTEGRITY_EXCEPTION',
        `referenceTo value of '${referenceTo}' does not resolve to a valid sObject type`,
        ['referenceTo'],
      );
    for (const type of targets)
      if (type.field(name))
        throw refuse(
          'DUPLICATE_DEVELOPER_NAME',
          `There is already a field named ${name.replace(/__c$/i, '')} on ${type.name}.`,
          [],
        );
    const added = targets.map((type) => this.#put(type, toField(name, parsed)));
    return added[0]?.id ?? '';
  }

  update(id: string, metadata: unknown): void {
    const { type, field } = this.find(id);
    const parsed = parseMetadata(metadata);
    this.#put(type, { ...toField(field.name, parsed), granted: field.granted ?? true });
  }

  /** Removes a field with its permissions. */
  remove(id: string): void {
    const { type, field } = this.find(id);
    const permissions = this.#database.schema.sObject('FieldPermissions');
    const isOf = (value: unknown): boolean => value === `${type.name}.${field.name}`;
    if (permissions)
      for (const row of this.#database.rows(permissions))
        if (isOf(row['Field'])) this.#database.purge(permissions, row.Id);
    this.#database.reindex(this.#database.schema.removeField(type, field.name));
    this.#ids.delete(`${type.name}.${field.name}`);
  }

  /** @throws ApiError 404 */
  find(id: string): CustomField {
    const found = this.list().find((one) => one.id === toLongId(id));
    if (found) return found;
    throw notFound();
  }

  list(): CustomField[] {
    return this.#database.schema
      .all()
      .flatMap((type) =>
        type.fields
          .filter(({ name }) => isCustom(name))
          .map((field) => ({ id: this.#idOf(type, field), type, field })),
      );
  }

  #put(type: SObjectType, field: Field): CustomField {
    const changed = this.#database.schema.addField(type, field);
    this.#database.reindex(changed);
    return { id: this.#idOf(type, field), type: changed, field };
  }

  #idOf(type: SObjectType, { name }: Field): string {
    const key = `${type.name}.${name}`;
    const id =
      this.#ids.get(key) ?? toLongId(`00N5g${String(this.#ids.size + 1).padStart(10, '0')}`);
    this.#ids.set(key, id);
    return id;
  }

  #targetsOf(fullName: unknown): { targets: SObjectType[]; name: string } {
    if (typeof fullName !== 'string')
      throw refuse('REQUIRED_FIELD_MISSING', 'Required fields are missing: [FullName]', [
        'FullName',
      ]);
    const [sObject = '', name = ''] = fullName.split('.');
    const names = sObject === 'Activity' ? ACTIVITIES : [sObject];
    const targets = names.flatMap((one) => this.#database.schema.sObject(one) ?? []);
    if (targets.length === 0 || ACTIVITIES.includes(sObject))
      throw refuse(
        'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
        `Entity Enumeration Or ID: bad value for restricted picklist field: ${sObject}`,
        ['TableEnumOrId'],
      );
    if (!/^[A-Za-z]\w*__c$/.test(name))
      throw refuse(
        'FIELD_INTEGRITY_EXCEPTION',
        `The name of a custom field ends with __c: ${fullName}`,
        ['FullName'],
      );
    return { targets, name };
  }
}
