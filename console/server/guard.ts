import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Problem } from './errors.ts';

/** What a request says about where it comes from. */
interface Incoming {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** The router has found a file of the page for it: not judged by the address, which can be written in several ways. */
  readonly isPage: boolean;
}

/** What only the console's own page knows or is. */
export interface Identity {
  readonly port: number;
  /** Random for each start. */
  readonly token: string;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** In constant time: digests have the same length. */
const isToken = (authorization: string | undefined, token: string): boolean =>
  timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`));

const forbidden = (message: string): Problem => ({
  kind: 'forbidden',
  message,
  remedy: 'Open the address that npm run console has printed.',
});

/** Pages of other origins can send requests to this address; only a browser that says so is one. */
const OWN_SITES = [undefined, 'same-origin', 'none'];

/** A name that leads here by another's DNS (DNS rebinding), and requests that pages of others make. */
function refusalOfOrigin({ method, headers }: Incoming, port: number): Problem | undefined {
  const { host = '', origin } = headers;
  if (![`127.0.0.1:${port}`, `localhost:${port}`].includes(host))
    return forbidden('The console is not served under this name.');
  if (!OWN_SITES.includes(headers['sec-fetch-site']?.toString()))
    return forbidden('Another page made this request.');
  const isOwn = origin === `http://${host}` || (origin === undefined && method !== 'POST');
  return isOwn ? undefined : forbidden('The request has another origin than the console.');
}

function refusalOfCall({ method, headers }: Incoming, token: string): Problem | undefined {
  if (!isToken(headers.authorization, token))
    return {
      kind: 'unauthorized',
      message: 'The token is missing, or of an earlier start of the console.',
      remedy: 'Open the address that npm run console, or npm start, has printed.',
    };
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return method === 'POST' && type !== 'application/json'
    ? { kind: 'invalid', message: 'A POST needs Content-Type: application/json.' }
    : undefined;
}

/** Why a request is not answered; undefined: it is. All but the page's files, which are the same for everybody, needs the token. */
export const refusalOf = (incoming: Incoming, { port, token }: Identity): Problem | undefined =>
  refusalOfOrigin(incoming, port) ?? (incoming.isPage ? undefined : refusalOfCall(incoming, token));

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** Headers of every answer. There are none of CORS. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
