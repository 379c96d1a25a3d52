import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { createCollections } from './collections.ts';
import { registerControl } from './control.ts';
import { ApiError, notFound } from './errors.ts';
import { createFaults, type Fault } from './faults.ts';
import { createOAuth, type Org } from './oauth.ts';
import { registerRest } from './rest.ts';
import { createSObjects } from './sobjects.ts';
import { createStore } from './store.ts';
import { createUsage, type Usage } from './usage.ts';

export interface SimulatorOptions {
  /** 0 - any free port. */
  readonly port?: number;
  readonly org: Org;
  readonly dailyApiRequests?: number;
}

export interface Simulator {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Salesforce's longest request body is larger; this is what tests need. */
const BODY_LIMIT_BYTES = 50 * 1024 * 1024;

function faultReply(
  reply: FastifyReply,
  { errorCode, headers, html, message, reset, status }: Fault,
) {
  if (reset) {
    reply.hijack();
    reply.raw.socket?.resetAndDestroy();
    return reply;
  }
  reply.code(status).headers(headers);
  if (html) return reply.type('text/html').send(`<html><body>${status}</body></html>`);
  return reply.type('application/json').send(JSON.stringify([{ message, errorCode }]));
}

type Faults = ReturnType<typeof createFaults>;

const wait = (delayMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, delayMs));

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

function takeFault({ body, method, url }: FastifyRequest, faults: Faults): Fault | undefined {
  return faults.take({ method, url, body: typeof body === 'string' ? body : '' });
}

/** A fault either answers in Salesforce's place or spoils the answer to what was done. */
function injectFaults(app: FastifyInstance, faults: Faults, usage: Usage): void {
  const spoiled = new WeakMap<FastifyRequest, Fault>();
  const isExempt = (request: FastifyRequest): boolean =>
    request.url.startsWith('/__sim/') || usage.isInner(request);

  app.addHook('preHandler', async (request, reply) => {
    const fault = isExempt(request) ? undefined : takeFault(request, faults);
    if (fault === undefined) return undefined;
    await wait(fault.delayMs);
    if (fault.after === 'before') return faultReply(reply, fault);
    spoiled.set(request, fault);
    return undefined;
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const fault = spoiled.get(request);
    if (fault === undefined) return payload;
    if (fault.reset) reply.raw.socket?.resetAndDestroy();
    reply.code(fault.status).headers(fault.headers);
    return JSON.stringify([{ message: fault.message, errorCode: fault.errorCode }]);
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
  const sobjects = createSObjects(store);
  const collections = createCollections(store, sobjects);
  const faults = createFaults();
  const usage = createUsage(dailyApiRequests);

  parseJsonBodies(app);
  answerErrors(app);

  injectFaults(app, faults, usage);
  app.addHook('onSend', async (request, reply) => usage.stamp(request, reply));
  app.addHook('onResponse', async (request, reply) => usage.record(request, reply.statusCode));

  registerControl(app, { store, faults, usage, oauth });
  registerRest(app, { oauth, store, sobjects, collections, usage });
  await app.listen({ host: '127.0.0.1', port });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return { url, close: () => app.close() };
}
