import { readFileSync } from 'node:fs';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { jsonBody } from './body.ts';
import { registerControl } from './control.ts';
import { createDispatcher, versions } from './dispatch.ts';
import { ApiError } from './errors.ts';
import { injectFaults } from './fault-hooks.ts';
import { createFaults } from './faults.ts';
import { createOAuth, type OrgCredentials } from './oauth.ts';
import { notFound } from './org/dml.ts';
import { createOrg } from './org/org.ts';
import { query } from './resources/query.ts';
import { sObjectRows, sObjectRowsByExternalId } from './resources/sobject-rows.ts';
import { createUsage } from './usage.ts';

export interface SimulatorOptions {
  /** 0: any free port. */
  readonly port?: number;
  readonly org: OrgCredentials;
  readonly dailyApiRequests?: number;
}

export interface Simulator {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Enough for tests; Salesforce's limit is larger. */
const BODY_LIMIT_BYTES = 50 * 1024 * 1024;

const standardObjects = () =>
  JSON.parse(readFileSync(new URL('standard-objects.json', import.meta.url), 'utf8'));

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

const headersOf = ({ headers }: FastifyRequest): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** Starts the simulated org on 127.0.0.1. */
export async function startSimulator({
  port = 0,
  org: credentials,
  dailyApiRequests = 100_000,
}: SimulatorOptions): Promise<Simulator> {
  const app = Fastify({ bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: true });
  let url = '';
  const oauth = createOAuth(credentials, () => url);
  const org = createOrg(standardObjects());
  const faults = createFaults();
  const usage = createUsage(dailyApiRequests);
  const dispatcher = createDispatcher(org, [...sObjectRows, sObjectRowsByExternalId, ...query]);

  parseJsonBodies(app);
  answerErrors(app);
  injectFaults(app, faults);
  app.addHook('onSend', async (request, reply) => usage.stamp(request, reply));
  app.addHook('onResponse', async (request, reply) => usage.record(request, reply.statusCode));
  registerControl(app, { org, faults, usage, oauth });

  app.post('/services/oauth2/token', (request) => {
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
    return oauth.token(Object.fromEntries(form));
  });
  app.get('/services/data', versions);
  app.get('/services/data/', versions);
  app.all('/services/data/*', (request, reply) => {
    oauth.requireSession(request.headers.authorization);
    usage.count();
    const { status, headers, body } = dispatcher.respond({
      method: request.method,
      url: request.url,
      headers: headersOf(request),
      body: jsonBody(request),
    });
    reply.code(status).headers({ ...headers });
    return body === undefined ? reply.send() : reply.send(body);
  });
  url = await app.listen({ host: '127.0.0.1', port });
  return { url, close: () => app.close() };
}
