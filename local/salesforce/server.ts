import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { createCollections } from './collections.ts';
import { registerControl } from './control.ts';
import { ApiError, apiError, notFound } from './errors.ts';
import { createFaults, type Fault } from './faults.ts';
import { createOAuth, type Org } from './oauth.ts';
import { registerRest } from './rest.ts';
import { createSObjects } from './sobjects.ts';
import { createStore } from './store.ts';
import { createUsage } from './usage.ts';

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

const wait = (delayMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, delayMs));

function parseJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
}

/** JSON of a body that may be absent. @throws ApiError JSON_PARSER_ERROR */
export function jsonBody(request: FastifyRequest): unknown {
  const text = typeof request.body === 'string' ? request.body : '';
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw apiError(400, 'JSON_PARSER_ERROR', 'Unexpected character in the request body');
  }
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
  const sobjects = createSObjects(store, () => 'v68.0');
  const collections = createCollections(store, sobjects);
  const faults = createFaults();
  const usage = createUsage(dailyApiRequests);
  const pending = new WeakMap<FastifyRequest, Fault>();

  parseJsonBodies(app);
  answerErrors(app);

  app.addHook('preHandler', async (request, reply) => {
    if (request.url.startsWith('/__sim/') || usage.isInner(request)) return undefined;
    const body = typeof request.body === 'string' ? request.body : '';
    const fault = faults.take({ method: request.method, url: request.url, body });
    if (fault) await wait(fault.delayMs);
    if (fault?.after === 'before') return faultReply(reply, fault);
    if (fault) pending.set(request, fault);
    return undefined;
  });
  app.addHook('onSend', async (request, reply, payload) => {
    usage.stamp(request, reply);
    const fault = pending.get(request);
    if (fault === undefined) return payload;
    pending.delete(request);
    if (fault.reset) {
      reply.raw.socket?.resetAndDestroy();
      return payload;
    }
    reply.code(fault.status).headers(fault.headers);
    return JSON.stringify([{ message: fault.message, errorCode: fault.errorCode }]);
  });
  app.addHook('onResponse', async (request, reply) => usage.record(request, reply.statusCode));

  registerControl(app, { store, faults, usage, oauth });
  registerRest(app, { oauth, store, sobjects, collections, usage });
  await app.listen({ host: '127.0.0.1', port });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return { url, close: () => app.close() };
}
