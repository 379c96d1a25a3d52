import type { LambdaFunctionURLEvent } from 'aws-lambda';
import type { Log } from '../../functions/common/logger.ts';
import type { Publish, Publishable, Published } from '../../functions/common/publish.ts';

interface UrlRequest {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly rawPath?: string;
  readonly rawQueryString?: string;
}

const HOST = 'abc.lambda-url.us-east-1.on.aws';

/** A function URL's event (payload format 2.0). A Buffer arrives base64, as Lambda sends what is not text. */
export function urlEvent({
  method = 'POST',
  headers = {},
  body,
  rawPath = '/',
  rawQueryString = '',
}: UrlRequest): LambdaFunctionURLEvent {
  const isBase64Encoded = Buffer.isBuffer(body);
  const http = {
    method,
    path: rawPath,
    protocol: 'HTTP/1.1',
    sourceIp: '192.0.2.1',
    userAgent: 'test',
  };
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: { host: HOST, ...headers },
    isBase64Encoded,
    ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? body.toString('base64') : body }),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'abc',
      domainName: HOST,
      domainPrefix: 'abc',
      http,
      requestId: 'request',
      routeKey: '$default',
      stage: '$default',
      time: '24/Nov/2026:12:00:00 +0000',
      timeEpoch: 0,
    },
  };
}

/** Keeps what would be logged, so that tests can look for what must not be there. */
export function memoryLog(): Log & { readonly lines: unknown[]; readonly text: () => string } {
  const lines: unknown[] = [];
  const keep = (...line: unknown[]): void => {
    lines.push(line);
  };
  const text = (): string =>
    JSON.stringify(lines, (_, value) =>
      value instanceof Error ? `${value.name}: ${value.message}` : value,
    );
  return { debug: keep, info: keep, warn: keep, error: keep, lines, text };
}

/** A bus that takes everything, or answers as told. */
export function memoryBus(outcome: Published = { outcome: 'published', claimCheck: false }) {
  const entries: Publishable[] = [];
  const publish: Publish = async (given) => {
    entries.push(...given);
    return given.map(() => outcome);
  };
  return { entries, publish };
}

export function memoryMetrics() {
  const counted: string[] = [];
  const count = (name: string, dimensions: Record<string, string> = {}): void => {
    counted.push([name, ...Object.values(dimensions)].join(' '));
  };
  return { counted, count };
}

export const context = { getRemainingTimeInMillis: () => 9_000 };
