import type { FastifyInstance } from 'fastify';
import { prettifyError, ZodError } from 'zod';
import { ApiError } from './errors.ts';
import type { Faults } from './faults.ts';
import { jsonOf } from './http.ts';
import type { Org } from './org/org.ts';
import { ADMINISTRATOR_ID, ADMINISTRATOR_USERNAME } from './org/seed.ts';
import { registerRecycleBinControl, registerSchemaControl } from './schema-control.ts';
import type { Sessions } from './sessions.ts';
import { moods, type SettingsStore } from './settings.ts';
import type { Usage } from './usage.ts';

interface Controlled {
  readonly org: Org;
  readonly faults: Faults;
  readonly usage: Usage;
  readonly sessions: Sessions;
  readonly settings: SettingsStore;
  readonly url: () => string;
}

/** Runs a control request. @throws ApiError that explains what zod refuses. */
function explained<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof ZodError) throw new ApiError(400, { message: prettifyError(error) });
    throw error;
  }
}

/** The simulator's control API, for tests and developers. Not counted, not authorized. */
export function registerControl(
  app: FastifyInstance,
  { org, faults, usage, sessions, settings, url }: Controlled,
): void {
  app.get<{ Params: { sObject: string } }>('/__sim/records/:sObject', ({ params }) =>
    org.database.rows(org.requireSObject(params.sObject)),
  );
  registerSchemaControl(app, org);
  registerRecycleBinControl(app, org);
  app.get('/__sim/calls', () => usage.calls());
  app.get('/__sim/faults', () => faults.list());
  app.post('/__sim/faults', (request) => explained(() => faults.add(jsonOf(request))));
  app.delete('/__sim/faults', () => {
    faults.clear();
    return {};
  });
  app.delete<{ Params: { id: string } }>('/__sim/faults/:id', ({ params }) => {
    faults.remove(params.id);
    return {};
  });
  app.get('/__sim/settings', () => settings.current);
  app.patch('/__sim/settings', (request) => explained(() => settings.change(jsonOf(request))));
  app.get('/__sim/moods', () => moods);
  app.post('/__sim/sessions', () => ({
    username: ADMINISTRATOR_USERNAME,
    accessToken: sessions.open(ADMINISTRATOR_ID),
    instanceUrl: url(),
  }));
  app.get('/__sim/tokens', () => sessions.issued());
  app.post('/__sim/expire-tokens', () => {
    sessions.endAll();
    return {};
  });
  app.post('/__sim/reset', () => {
    org.reset();
    faults.clear();
    usage.reset();
    settings.reset();
    return {};
  });
}
