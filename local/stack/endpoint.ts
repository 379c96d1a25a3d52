import { connect } from 'node:net';
import { StackError } from './errors.ts';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether `url` is on this machine. Local commands call nothing else. */
export function isLoopback(url: string): boolean {
  return URL.canParse(url) && LOOPBACK.has(new URL(url).hostname);
}

/**
 * The running AWS emulator in AWS_ENDPOINT_URL, to use instead of our engine.
 *
 * @throws StackError if it is not on this machine: local commands never deploy to a remote account.
 */
export function presetEndpoint(environment = process.env): string | undefined {
  const preset = environment['AWS_ENDPOINT_URL'];
  if (!preset) return undefined;
  if (isLoopback(preset)) return preset.replace(/\/$/, '');
  throw new StackError(
    'AWS_ENDPOINT_URL is not on this machine. Local commands use only an emulator on 127.0.0.1: unset it, or use npm run deploy for AWS.',
  );
}

/** The address at which the local engine serves a function URL. The function sees the AWS host name of the URL. */
export function localFunctionUrl(endpoint: string, url: string | undefined): string | undefined {
  if (url === undefined || isLoopback(url)) return url;
  const [id] = new URL(url).hostname.split('.');
  return `${endpoint}/_aws/lambda-url/${id}/`;
}

const CONNECT_MS = 2_000;

/** Whether something accepts connections at the host and port of a URL. */
export function accepts(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const socket = connect({ host, port: Number(port || (protocol === 'https:' ? 443 : 80)) });
  socket.setTimeout(CONNECT_MS, () => socket.destroy(new Error('timeout')));
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  }).then((accepted) => {
    socket.destroy();
    return accepted === true;
  });
}
