import { apiError } from '../errors.ts';
import type { SettingsStore } from '../settings.ts';
import { Cursors } from './cursors.ts';
import { Database } from './database.ts';
import { type Automation, Dml } from './dml.ts';
import type { WriteHooks } from './hooks.ts';
import { createIds } from './ids.ts';
import { allPermissions, type Permissions } from './permissions.ts';
import { createSchema, type Schema, type SObjectDefinition, type SObjectType } from './schema.ts';

/** The integration user as which every session acts. */
export const USER_ID = '0055g0000000001AAA';
export const ORGANIZATION_ID = '00D5g0000000001EAA';

/** A simulated org: what it stores, and the rules by which it does, without HTTP. */
export interface Org {
  readonly schema: Schema;
  readonly database: Database;
  readonly permissions: Permissions;
  readonly dml: Dml;
  /** Query results that have more than one page. */
  readonly cursors: Cursors;
  readonly settings: SettingsStore;
  /** @throws ApiError 404 NOT_FOUND, as for an unknown URL. */
  readonly requireSObject: (name: string) => SObjectType;
  readonly reset: () => void;
}

const noAutomation: Automation = { before: () => undefined, after: () => undefined };

export function createOrg(
  definitions: readonly SObjectDefinition[],
  settings: SettingsStore,
  hooks: WriteHooks = {},
): Org {
  const schema = createSchema(definitions);
  const database = new Database(schema);
  const permissions = allPermissions;
  const dml = new Dml({
    hooks,
    database,
    permissions,
    automation: noAutomation,
    settings,
    newId: createIds(),
    userId: USER_ID,
  });
  const cursors = new Cursors();
  return {
    schema,
    database,
    permissions,
    dml,
    cursors,
    settings,
    requireSObject: (name) => {
      const type = schema.sObject(name);
      if (type) return type;
      throw apiError(404, 'NOT_FOUND', 'The requested resource does not exist');
    },
    reset: () => {
      database.reset();
      dml.reset();
      cursors.reset();
    },
  };
}
