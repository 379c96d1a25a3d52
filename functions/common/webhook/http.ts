import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';

/** A webhook as received: nothing is parsed except what HTTP defines. */
export interface WebhookRequest {
  readonly method: string;
  /** Names are lower-case. A function URL joins repeated headers with commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** Media type without parameters, lower-case; empty if missing. */
  readonly contentType: string;
  readonly body: Buffer;
  /** The body as text; `undefined` if it is not UTF-8. Supported providers sign only UTF-8 bodies. */
  readonly text: string | undefined;
  readonly host: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
}

export function toWebhookRequest(event: LambdaFunctionURLEvent): WebhookRequest {
  const headers = Object.fromEntries(
    Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value ?? '']),
  );
  const mediaType = headers['content-type']?.split(';')[0] ?? '';
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  return {
    method: event.requestContext.http.method,
    headers,
    contentType: mediaType.trim().toLowerCase(),
    body,
    text: decode(body),
    host: headers['host'] ?? event.requestContext.domainName,
    rawPath: event.rawPath,
    rawQueryString: event.rawQueryString ?? '',
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(body: Buffer): string | undefined {
  try {
    return utf8.decode(body);
  } catch {
    return undefined;
  }
}

/** A function URL accepts requests of up to 6 MB (Lambda Developer Guide, "Lambda quotas"). */
const MAX_BODY_BYTES = 6 * 1024 * 1024;

/** A plain-text response: it is read in the provider's delivery log. */
export const textResponse = (
  statusCode: number,
  body: string,
  headers: Record<string, string> = {},
): LambdaFunctionURLResult => ({
  statusCode,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body,
});

export const acceptedResponse = textResponse(202, 'Message forwarded to Amazon EventBridge');
export const ignoredResponse = textResponse(202, 'Event type not accepted: nothing was forwarded');
export const invalidSignatureResponse = textResponse(401, 'Invalid Signature');
/** A constant text: the cause is logged, never sent. */
export const internalErrorResponse = textResponse(500, 'Internal Server Error');

export interface Rejection {
  /** The `reason` of log line and metric. */
  readonly reason: string;
  readonly response: LambdaFunctionURLResult;
}

/** Checks method, size, and content type, before anything is trusted or parsed; `undefined` if all are valid. */
export function checkHttp(
  { method, body, contentType }: WebhookRequest,
  contentTypes: readonly string[],
): Rejection | undefined {
  if (method !== 'POST') {
    const response = textResponse(405, 'Method not allowed: use POST', { allow: 'POST' });
    return { reason: 'method', response };
  }
  if (body.byteLength > MAX_BODY_BYTES) {
    const response = textResponse(413, 'Body too large: at most 6 MB are accepted');
    return { reason: 'size', response };
  }
  if (!contentTypes.includes(contentType)) {
    const message = `Unsupported content-type: accepted are ${contentTypes.join(' and ')}`;
    return { reason: 'content-type', response: textResponse(415, message) };
  }
  return undefined;
}
