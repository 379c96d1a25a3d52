import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Fault, Faults } from './faults.ts';

const wait = (delayMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, delayMs));

const errorText = ({ message, errorCode }: Fault): string =>
  JSON.stringify([{ message, errorCode }]);

function answerInstead(reply: FastifyReply, fault: Fault) {
  if (fault.reset) {
    reply.hijack();
    reply.raw.socket?.resetAndDestroy();
    return reply;
  }
  reply.code(fault.status).headers(fault.headers);
  if (fault.html === undefined) return reply.type('application/json').send(errorText(fault));
  return reply.type('text/html').send(fault.html);
}

const half = (text: string): string => text.slice(0, Math.ceil(text.length / 2));

/** Half of a text, then an error, at which the server closes the connection. */
async function* breakOff(text: string) {
  yield half(text);
  throw new Error('The fault "stream" closes the connection here');
}

/** A well-framed response with truncated JSON, or one truncated by the end of the connection. */
function truncate(reply: FastifyReply, { truncate: how }: Fault, text: string): unknown {
  if (how !== 'stream') return how === 'body' ? half(text) : text;
  reply.header('content-length', Buffer.byteLength(text));
  return Readable.from(breakOff(text));
}

function spoil(reply: FastifyReply, fault: Fault, payload: unknown): unknown {
  if (fault.reset) reply.raw.socket?.resetAndDestroy();
  reply.headers(fault.headers);
  if (!fault.pass && fault.truncate === undefined) {
    reply.code(fault.status).type(fault.html === undefined ? 'application/json' : 'text/html');
    return fault.html ?? errorText(fault);
  }
  return typeof payload === 'string' ? truncate(reply, fault, payload) : payload;
}

/** Faults of whole calls: they replace the response before the request runs, or change it after the commit. */
export function injectFaults(app: FastifyInstance, faults: Faults): void {
  const spoiled = new WeakMap<FastifyRequest, Fault>();
  const isExempt = (request: FastifyRequest): boolean => request.url.startsWith('/__sim/');

  const take = (request: FastifyRequest): Fault | undefined => {
    const { body, method, url } = request;
    if (isExempt(request)) return undefined;
    return faults.take('call', { method, url, body: typeof body === 'string' ? body : '' });
  };

  app.addHook('preHandler', async (request, reply) => {
    const fault = take(request);
    if (fault === undefined) return undefined;
    if (fault.after === 'commit') {
      spoiled.set(request, fault);
      return undefined;
    }
    await wait(fault.delayMs);
    return fault.pass ? undefined : answerInstead(reply, fault);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const fault = spoiled.get(request);
    if (fault === undefined) return payload;
    await wait(fault.delayMs);
    return spoil(reply, fault, payload);
  });
}
