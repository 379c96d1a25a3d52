import { createHash } from 'node:crypto';
import type { LambdaFunctionURLEvent } from 'aws-lambda';

/** A webhook as it arrived: nothing parsed but what HTTP itself says. */
export interface WebhookRequest {
  readonly method: string;
  /** Lower-case names; a function URL joins repeats with commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** Media type without parameters, lower-case; empty when absent. */
  readonly contentType: string;
  readonly body: Buffer;
  readonly host: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
}

export function toWebhookRequest(event: LambdaFunctionURLEvent): WebhookRequest {
  const headers = Object.fromEntries(
    Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value ?? '']),
  );
  const mediaType = headers['content-type']?.split(';')[0] ?? '';
  return {
    method: event.requestContext.http.method,
    headers,
    contentType: mediaType.trim().toLowerCase(),
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    host: headers['host'] ?? event.requestContext.domainName,
    rawPath: event.rawPath,
    rawQueryString: event.rawQueryString ?? '',
  };
}

/** The body as text, or `undefined` when its bytes are not UTF-8: no sender of ours signs anything else. */
export function bodyText({ body }: WebhookRequest): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

const ID = /^[A-Za-z0-9-]{1,128}$/;

/** Whether a text from outside may stand in a URN, an object key and a log line as it is. */
export const isId = (text: string | undefined): text is string =>
  text !== undefined && ID.test(text);

/** The first of `candidates` that looks like an id; where none does, the body's SHA-256 names the delivery. */
export const deliveryId = (candidates: readonly (string | undefined)[], body: Buffer): string =>
  candidates.find(isId) ?? createHash('sha256').update(body).digest('hex');

/** `urn:webhook:<provider>:<name>:<id>` for each id, in their order. */
export const toUrns = (provider: string, ids: Readonly<Record<string, string>>): string[] =>
  Object.entries(ids).map(([name, id]) => `urn:webhook:${provider}:${name}:${id}`);
