import type { FastifyInstance } from 'fastify';
import { ApiError } from './errors.ts';
import { jsonOf } from './http.ts';
import type { Org } from './org/org.ts';
import type { SObjectType } from './org/schema.ts';
import { parseDefinitions } from './org/schema-file.ts';

/** An object as a schema file would define it. */
const definitionOf = ({ field: _, relationship: _r, custom: _c, ...definition }: SObjectType) =>
  definition;

function requireType({ schema }: Org, name: string): SObjectType {
  const type = schema.sObject(name);
  if (type) return type;
  throw new ApiError(404, { message: `The org has no object ${name}` });
}

/** `/__sim/schema`: the org's objects and fields, as an administrator would add them in Setup, with their permissions. */
export function registerSchemaControl(app: FastifyInstance, org: Org): void {
  app.get('/__sim/schema', () => org.schema.all().map(definitionOf));
  app.get<{ Params: { sObject: string } }>('/__sim/schema/:sObject', ({ params }) =>
    definitionOf(requireType(org, params.sObject)),
  );
  app.post('/__sim/schema', (request) =>
    org.define(parseDefinitions(jsonOf(request))).map(definitionOf),
  );
}
