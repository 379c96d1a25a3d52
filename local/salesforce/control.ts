import type { FastifyInstance } from 'fastify';
import { prettifyError, ZodError } from 'zod';
import { jsonBody } from './body.ts';
import { ApiError } from './errors.ts';
import type { Faults } from './faults.ts';
import type { createOAuth } from './oauth.ts';
import type { Org } from './org/org.ts';
import { registerSchemaControl } from './schema-control.ts';
import type { Usage } from './usage.ts';

interface Controlled {
  readonly org: Org;
  readonly faults: Faults;
  readonly usage: Usage;
  readonly oauth: ReturnType<typeof createOAuth>;
}

function explain(error: unknown): never {
  if (error instanceof ZodError) throw new ApiError(400, { message: prettifyError(error) });
  throw error;
}

/** The simulator's control API, for tests and developers. Not counted, not authorized. */
export function registerControl(
  app: FastifyInstance,
  { org, faults, usage, oauth }: Controlled,
): void {
  app.get<{ Params: { sObject: string } }>('/__sim/records/:sObject', ({ params }) =>
    org.database.rows(org.requireSObject(params.sObject)),
  );
  registerSchemaControl(app, org);
  app.get('/__sim/calls', () => usage.calls());
  app.get('/__sim/faults', () => faults.list());
  app.post('/__sim/faults', (request) => {
    try {
      return faults.add(jsonBody(request));
    } catch (error) {
      return explain(error);
    }
  });
  app.delete('/__sim/faults', () => {
    faults.clear();
    return {};
  });
  app.get('/__sim/tokens', () => oauth.issued());
  app.post('/__sim/expire-tokens', () => {
    oauth.expireTokens();
    return {};
  });
  app.post('/__sim/reset', () => {
    org.reset();
    faults.clear();
    usage.reset();
    return {};
  });
}
