import type { LambdaFunctionURLEvent } from 'aws-lambda';

interface UrlRequest {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly rawPath?: string;
  readonly rawQueryString?: string;
}

const HOST = 'abc.lambda-url.us-east-1.on.aws';

/** A function URL's event (payload format 2.0). A Buffer is passed in base64, as Lambda passes binary bodies. */
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
