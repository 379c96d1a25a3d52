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
