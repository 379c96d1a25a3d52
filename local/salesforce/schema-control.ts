import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApiError } from './errors.ts';
import { jsonOf } from './http.ts';
import type { Org } from './org/org.ts';
import type { SObjectType } from './org/schema.ts';
import { parseDefinitions } from './org/schema-file.ts';

/** An object as a schema file would define it. */
const definitionOf = ({ field: _, relationship: _r, custom: _c, ...definition }: SObjectType) =>
  definition;

function parsed<Output>(shape: z.ZodType<Output>, request: FastifyRequest): Output {
  const { data, error } = shape.safeParse(jsonOf(request));
  if (error) throw new ApiError(400, { message: z.prettifyError(error) });
  return data;
}

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

const ids = z.array(z.string()).min(1);
const undeletion = z.strictObject({ ids });
const merger = z.strictObject({ master: z.string(), merge: ids });
const emptying = z.strictObject({ ids }).optional();

/** What SOAP and the user interface do with deleted records, and REST does not. */
export function registerRecycleBinControl(app: FastifyInstance, { recycleBin }: Org): void {
  app.post('/__sim/undelete', (request) => {
    for (const id of parsed(undeletion, request).ids) recycleBin.undelete(id);
    return {};
  });
  app.post('/__sim/merge', (request) => {
    const { master, merge } = parsed(merger, request);
    recycleBin.merge(master, merge);
    return {};
  });
  app.post('/__sim/empty-recycle-bin', (request) => {
    recycleBin.empty(parsed(emptying, request)?.ids);
    return {};
  });
}
