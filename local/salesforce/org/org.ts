import { ApiError, notFound } from '../errors.ts';
import type { SettingsStore } from '../settings.ts';
import { AutomationRules } from './automation.ts';
import { Cursors } from './cursors.ts';
import { CustomFields } from './custom-fields.ts';
import { Database } from './database.ts';
import { Dml } from './dml.ts';
import type { WriteHooks } from './hooks.ts';
import { createIds } from './ids.ts';
import { Permissions } from './permissions.ts';
import { PersonAccounts } from './person-accounts.ts';
import { RecentlyViewed } from './recently-viewed.ts';
import { RecycleBin } from './recycle-bin.ts';
import { createSchema, type Schema, type SObjectDefinition, type SObjectType } from './schema.ts';
import { seed, seedRecordTypes, USER_ID } from './seed.ts';

/** A simulated org: what it stores, and the rules by which it does, without HTTP. */
export interface Org {
  readonly schema: Schema;
  readonly database: Database;
  readonly permissions: Permissions;
  readonly automation: AutomationRules;
  readonly dml: Dml;
  readonly customFields: CustomFields;
  readonly recycleBin: RecycleBin;
  /** An object that the user may see, by its name in any case. */
  readonly sObject: (name: string) => SObjectType | undefined;
  /** Query results that have more than one page. */
  readonly cursors: Cursors;
  readonly recentlyViewed: RecentlyViewed;
  readonly settings: SettingsStore;
  /** @throws ApiError 404 NOT_FOUND, as for an unknown URL. */
  readonly requireSObject: (name: string) => SObjectType;
  /** Adds objects, and fields to known objects. @throws ApiError 400 if one refers to an object that the org lacks. */
  readonly define: (definitions: readonly SObjectDefinition[]) => SObjectType[];
  /** Removes all records but those of a new org. The schema stays. */
  readonly reset: () => void;
}

/** @throws ApiError 400: a reference to an object that neither the org nor the definitions have. */
function requireTargets(schema: Schema, definitions: readonly SObjectDefinition[]): void {
  const isKnown = (name: string): boolean =>
    schema.sObject(name) !== undefined ||
    definitions.some((other) => other.name.toLowerCase() === name.toLowerCase());
  const mistakes = definitions.flatMap(({ name: sObject, fields }) =>
    fields
      .filter((field) => typeof field !== 'string')
      .flatMap(({ name, referenceTo = [] }) =>
        referenceTo
          .filter((target) => !isKnown(target))
          .map((target) => `${sObject}.${name}.referenceTo: the org has no object ${target}`),
      ),
  );
  if (mistakes.length > 0) throw new ApiError(400, { message: mistakes.join('\n') });
}

/** @throws ApiError 400 as `requireTargets`. */
function defineAll(
  definitions: readonly SObjectDefinition[],
  schema: Schema,
  database: Database,
): SObjectType[] {
  requireTargets(schema, definitions);
  return definitions.map((definition) => {
    const type = schema.define(definition);
    database.reindex(type);
    seedRecordTypes(database, type);
    return type;
  });
}

interface OrgOptions {
  readonly definitions: readonly SObjectDefinition[];
  /** Of the integration user. */
  readonly username: string;
  readonly settings: SettingsStore;
  readonly hooks?: WriteHooks;
}

export function createOrg({ definitions, username, settings, hooks = {} }: OrgOptions): Org {
  const schema = createSchema();
  const database = new Database(schema);
  const permissions = new Permissions(database, USER_ID);
  const sObject = (name: string): SObjectType | undefined => {
    const type = schema.sObject(name);
    return type && permissions.canUse(type, 'Read') ? type : undefined;
  };
  const define = (added: readonly SObjectDefinition[]) => defineAll(added, schema, database);
  define(definitions);
  seed(database, username);
  const newId = createIds();
  const automation = new AutomationRules(database);
  const dml = new Dml({
    hooks,
    database,
    permissions,
    automation,
    persons: new PersonAccounts(database, newId),
    settings,
    newId,
    userId: USER_ID,
  });
  const [cursors, recentlyViewed] = [new Cursors(), new RecentlyViewed(database)];
  return {
    schema,
    database,
    permissions,
    automation,
    dml,
    customFields: new CustomFields(database),
    recycleBin: new RecycleBin(database, settings),
    sObject,
    define,
    cursors,
    recentlyViewed,
    settings,
    requireSObject: (name) => {
      const type = sObject(name);
      if (type) return type;
      throw notFound();
    },
    reset: () => {
      database.reset();
      dml.reset();
      seed(database, username);
      for (const kept of [cursors, recentlyViewed]) kept.reset();
    },
  };
}
