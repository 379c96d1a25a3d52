import type { LambdaFunctionURLResult } from 'aws-lambda';
import type { WebhookRequest } from './request.ts';

/** A function URL takes requests of up to 6 MB (Lambda Developer Guide, "Lambda quotas"). */
const MAX_BODY_BYTES = 6 * 1024 * 1024;

/** An answer as plain text: the sender's people read it in the provider's delivery log. */
export const reply = (
  statusCode: number,
  body: string,
  headers: Record<string, string> = {},
): LambdaFunctionURLResult => ({
  statusCode,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body,
});

export const accepted = reply(202, 'Message forwarded to Amazon EventBridge');
export const ignored = reply(202, 'Event type not accepted: nothing was forwarded');
export const unsigned = reply(401, 'Invalid Signature');
/** Constant: what is wrong on our side is for our log, not for a sender. */
export const failed = reply(500, 'Internal Server Error');

export interface Rejection {
  /** A word for logs and metrics. */
  readonly reason: string;
  readonly response: LambdaFunctionURLResult;
}

/** What HTTP alone tells, before anything of the request is trusted or parsed; `undefined` where it is well. */
export function precheck(
  { method, body, contentType }: WebhookRequest,
  contentTypes: readonly string[],
): Rejection | undefined {
  if (method !== 'POST') {
    const response = reply(405, 'Method not allowed: use POST', { allow: 'POST' });
    return { reason: 'method', response };
  }
  if (body.byteLength > MAX_BODY_BYTES) {
    return { reason: 'size', response: reply(413, 'Body too large: at most 6 MB are accepted') };
  }
  if (!contentTypes.includes(contentType)) {
    const message = `Unsupported content-type: accepted are ${contentTypes.join(' and ')}`;
    return { reason: 'content-type', response: reply(415, message) };
  }
  return undefined;
}
