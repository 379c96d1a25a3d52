import Fastify, { type FastifyInstance } from 'fastify';
import { createCollections } from './collections.ts';
import { registerControl } from './control.ts';
import { ApiError, notFound } from './errors.ts';
import { injectFaults } from './fault-hooks.ts';
import { createFaults } from './faults.ts';
import { createOAuth, type Org } from './oauth.ts';
import { failing } from './record-faults.ts';
import { registerRest } from './rest.ts';
import { createSObjects } from './sobjects.ts';
import { createStore } from './store.ts';
import { createUsage } from './usage.ts';

export interface SimulatorOptions {
  /** 0: any free port. */
  readonly port?: number;
  readonly org: Org;
  readonly dailyApiRequests?: number;
}

export interface Simulator {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Enough for tests; Salesforce's limit is larger. */
const BODY_LIMIT_BYTES = 50 * 1024 * 1024;

function parseJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
}

function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: unknown, _request, reply) => {
    if (error instanceof ApiError) return reply.code(error.status).send(error.body);
    const message = error instanceof Error ? error.message : String(error);
    return reply.code(500).send([{ errorCode: 'UNKNOWN_EXCEPTION', message }]);
  });
  app.setNotFoundHandler((_request, reply) => {
    const error = notFound();
    return reply.code(error.status).send(error.body);
  });
}

/** Starts the simulated org on 127.0.0.1. */
export async function startSimulator({
  port = 0,
  org,
  dailyApiRequests = 100_000,
}: SimulatorOptions): Promise<Simulator> {
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: 4096 },
    forceCloseConnections: true,
  });
  let url = '';
  const oauth = createOAuth(org, () => url);
  const store = createStore();
  const faults = createFaults();
  const sobjects = failing(createSObjects(store), faults);
  const collections = createCollections(store, sobjects);
  const usage = createUsage(dailyApiRequests);

  parseJsonBodies(app);
  answerErrors(app);

  injectFaults(app, faults, usage);
  app.addHook('onSend', async (request, reply) => usage.stamp(request, reply));
  app.addHook('onResponse', async (request, reply) => usage.record(request, reply.statusCode));

  registerControl(app, { store, faults, usage, oauth });
  registerRest(app, { oauth, store, sobjects, collections, usage });
  url = await app.listen({ host: '127.0.0.1', port });
  return { url, close: () => app.close() };
}
