import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { interceptHost, requireRestApi } from './availability.ts';
import { registerControl } from './control.ts';
import { createDispatcher, versions } from './dispatch.ts';
import { createExecution } from './execution.ts';
import { injectFaults } from './fault-hooks.ts';
import { createFaults } from './faults.ts';
import {
  badUrl,
  NODE_MAX_HEADER_BYTES,
  registerHttp,
  requireJsonAccepted,
  restBodyOf,
} from './http.ts';
import { registerIdentity } from './identity.ts';
import { type OrgCredentials, registerOAuth } from './oauth.ts';
import { createOrg } from './org/org.ts';
import { parseDefinitions, readSchemaFiles } from './org/schema-file.ts';
import { refuseOtherApis } from './other-apis.ts';
import { createRecordFaults } from './record-faults.ts';
import { collections } from './resources/collections.ts';
import { compositeBatch } from './resources/composite/batch.ts';
import { compositeResource } from './resources/composite/composite.ts';
import { compositeGraph } from './resources/composite/graph.ts';
import { compositeTree } from './resources/composite/tree.ts';
import { describes } from './resources/describe.ts';
import { layouts } from './resources/layouts.ts';
import { limits } from './resources/limits.ts';
import { unsimulated } from './resources/not-simulated.ts';
import { query } from './resources/query.ts';
import { recent } from './resources/recent.ts';
import { replication } from './resources/replication.ts';
import { resourceList } from './resources/resource-list.ts';
import { retrieveResource } from './resources/retrieve.ts';
import { sObjectRowsByExternalId } from './resources/rows-by-external-id.ts';
import { sObjectRows } from './resources/sobject-rows.ts';
import { tooling } from './resources/tooling.ts';
import { createSessions } from './sessions.ts';
import { createSettings, type Settings } from './settings.ts';
import { registerSoap } from './soap.ts';
import { createUsage } from './usage.ts';

export interface SimulatorOptions {
  /** 0: any free port. */
  readonly port?: number;
  readonly org: OrgCredentials;
  readonly dailyApiRequests?: number;
  /** What the org is like at its start, and after `/__sim/reset`. */
  readonly settings?: Partial<Settings>;
  /** Objects, and fields of known objects, that the org has besides those of the schema files, in their format. */
  readonly schema?: unknown;
}

export interface Simulator {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** "SOAP API Developer Guide", Core Data Types: EXCEEDED_MAX_SIZE_REQUEST. */
const BODY_LIMIT_BYTES = 50 * 1024 * 1024;

const RESOURCES = [
  resourceList,
  ...describes,
  ...layouts,
  ...sObjectRows,
  sObjectRowsByExternalId,
  ...query,
  recent,
  ...replication,
  ...collections,
  retrieveResource,
  compositeResource,
  compositeGraph,
  compositeBatch,
  compositeTree,
  ...limits,
  ...tooling,
  ...unsimulated,
];

const createServer = (): FastifyInstance =>
  Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
    http: { maxHeaderSize: NODE_MAX_HEADER_BYTES },
    frameworkErrors: (_error, _request, reply) => badUrl(reply),
  });

const headersOf = ({ headers }: FastifyRequest): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** Starts the simulated org on 127.0.0.1. */
export async function startSimulator({
  port = 0,
  org: credentials,
  dailyApiRequests = 100_000,
  settings: initial = {},
  schema = [],
}: SimulatorOptions): Promise<Simulator> {
  const app = createServer();
  let address = '';
  const url = (): string => address;
  const settings = createSettings({ dailyApiRequests, ...initial });
  const sessions = createSessions();
  const faults = createFaults();
  const definitions = [...readSchemaFiles(), ...parseDefinitions(schema)];
  const { username } = credentials;
  const hooks = createRecordFaults(faults);
  const org = createOrg({ definitions, username, settings, hooks });
  const { database } = org;
  const usage = createUsage(settings);
  const { respond } = createDispatcher(org, RESOURCES);
  const execute = createExecution({ database, settings, faults, respond });

  registerHttp(app);
  interceptHost(app, settings);
  injectFaults(app, faults);
  usage.observe(app);
  registerControl(app, { org, faults, usage, sessions, settings, url });
  registerOAuth(app, { credentials, sessions, url });
  registerIdentity(app, { sessions, username, url });
  registerSoap(app, { credentials, sessions, url });
  refuseOtherApis(app, sessions);
  app.get('/services/data', versions);
  app.get('/services/data/', versions);
  app.all('/services/data/*', async (request: FastifyRequest, reply: FastifyReply) => {
    sessions.require(request.headers.authorization);
    requireRestApi(settings.current);
    usage.count(request);
    requireJsonAccepted(request);
    const { method, url: path } = request;
    const inner = { method, url: path, headers: headersOf(request), body: restBodyOf(request) };
    const { status, headers, body } = await execute(inner);
    reply.code(status).headers({ ...headers });
    return reply.send(body);
  });
  address = await app.listen({ host: '127.0.0.1', port });
  return { url: address, close: () => app.close() };
}
