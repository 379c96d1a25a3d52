import { Readable } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, apiError, notFound, notSimulated } from './errors.ts';

/** "Status Codes and Error Responses": of the URI alone (414), and of the URI and the headers (431). */
const MAX_URI_BYTES = 16_384;

/** What Node's HTTP server must let through, so that Salesforce's own limits are the ones that count. */
export const NODE_MAX_HEADER_BYTES = 1024 * 1024;

const badMessage = (status: number, reason: string): ApiError =>
  new ApiError(status, `<h1>Bad Message ${status}</h1><pre>reason: ${reason}</pre>`, 'text/html');

function sendError(reply: FastifyReply, { status, contentType, body }: ApiError): FastifyReply {
  if (contentType !== undefined) reply.type(contentType);
  return reply.code(status).send(body);
}

/** A path that is no percent-encoded UTF-8: refused by the HTTP server, too (a guess). */
export const badUrl = (reply: FastifyReply): FastifyReply =>
  sendError(reply, badMessage(400, 'Bad URI'));

/** @throws ApiError with the page of Salesforce's HTTP server. */
function requireShortHead({ raw: { url = '', rawHeaders } }: FastifyRequest): void {
  if (url.length > MAX_URI_BYTES) throw badMessage(414, 'URI Too Long');
  // Names alternate with values, and each pair has four bytes of punctuation.
  const headers = rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
  if (url.length + headers > MAX_URI_BYTES)
    throw badMessage(431, 'Request Header Fields Too Large');
}

const decoders = { gzip: createGunzip, deflate: createInflate } as const;

/** "REST API Developer Guide", Compression Headers: bodies may be gzip or deflate. */
function decodeBodies(app: FastifyInstance): void {
  app.addHook('preParsing', async ({ headers }, _reply, payload) => {
    const encoding = headers['content-encoding'];
    if (encoding !== 'gzip' && encoding !== 'deflate') return payload;
    const decoded = Readable.from(payload).pipe(decoders[encoding]());
    // Fastify compares this with Content-Length, which counts the encoded bytes.
    return Object.assign(decoded, { receivedEncodedLength: Number(headers['content-length']) });
  });
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const { statusCode = 500, message } = Object(error);
  if (statusCode === 413)
    return apiError(413, 'EXCEEDED_MAX_SIZE_REQUEST', 'The request is larger than 50 MB');
  return apiError(statusCode, 'UNKNOWN_EXCEPTION', String(message ?? error));
}

/** What Salesforce's HTTP server does with every request before a resource sees it, and how errors are sent. */
export function registerHttp(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request) => requireShortHead(request));
  decodeBodies(app);
  app.setErrorHandler((error, _request, reply) => sendError(reply, toApiError(error)));
  app.setNotFoundHandler(() => {
    throw notFound();
  });
}

/** A request's body as text; empty without one. */
export const textOf = ({ body }: FastifyRequest): string => (typeof body === 'string' ? body : '');

/** The fields of a form; none if the body is no form. */
export function formOf(request: FastifyRequest): Readonly<Record<string, string>> {
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  return isForm === true ? Object.fromEntries(new URLSearchParams(textOf(request))) : {};
}

/** What stopped Node's JSON parser, about as Salesforce's parser reports it. */
function describeSyntaxError(text: string, { message }: Error): string {
  const [, position] = / position (\d+)/.exec(message) ?? [];
  const [, token = text.charAt(Number(position ?? text.length))] =
    /^Unexpected token '(.)'/su.exec(message) ?? [];
  if (token === '') return 'Unexpected end-of-input in the request body';
  return `Unexpected character ('${token}' (code ${token.codePointAt(0)})) in the request body`;
}

/** Parses the JSON of an optional body. @throws ApiError JSON_PARSER_ERROR */
export function jsonOf(request: FastifyRequest): unknown {
  const text = textOf(request);
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? describeSyntaxError(text, error) : String(error);
    throw apiError(400, 'JSON_PARSER_ERROR', reason);
  }
}

const XML = /^(application|text)\/(.+\+)?xml\b/;

/**
 * The body of a REST call.
 *
 * @throws ApiError 415 for a body that is not JSON, also if it has no type (a guess), as for one of `application/octet-stream`.
 */
export function restBodyOf(request: FastifyRequest): unknown {
  const type = request.headers['content-type'] ?? 'application/octet-stream';
  if (request.method === 'GET' || request.method === 'HEAD' || textOf(request) === '')
    return undefined;
  if (XML.test(type)) throw notSimulated('A body in XML');
  if (type.startsWith('multipart/')) throw notSimulated('A multipart body (blob data)');
  if (/^application\/json\s*(;|$)/i.test(type)) return jsonOf(request);
  const message = `MediaType of '${type}' is not supported by this resource`;
  throw apiError(415, 'UNSUPPORTED_MEDIA_TYPE', message);
}

/** @throws ApiError if the client takes XML and no JSON: Salesforce has both formats. */
export function requireJsonAccepted({ headers: { accept } }: FastifyRequest): void {
  if (accept === undefined || !accept.split(',').every((range) => XML.test(range.trim()))) return;
  throw notSimulated('A response in XML');
}
