import { RequestError } from '../errors.ts';

export type Headers = Readonly<Record<string, string>>;

const REQUIRED = ['ce-specversion', 'ce-id', 'ce-source', 'ce-type'];

/** "HTTP Header Values" of the HTTP binding: quotes come off first, then one round of percent-decoding. */
function decode(name: string, value: string): string {
  const [, quoted] = /^"((?:[^"\\]|\\.)*)"$/.exec(value) ?? [];
  try {
    return decodeURIComponent(quoted?.replaceAll(/\\(.)/g, '$1') ?? value);
  } catch (cause) {
    const message = `header ${name}: must be percent-encoded UTF-8`;
    throw new RequestError('event-context', message, { cause });
  }
}

/**
 * Headers by their lower-case names, those of a CloudEvent decoded.
 *
 * @throws RequestError `event-context` when one cannot be decoded.
 */
export const readHeaders = (headers: Readonly<Record<string, string | undefined>>): Headers =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([given, value]) => {
      const name = given.toLowerCase();
      if (value === undefined) return [];
      return [[name, name.startsWith('ce-') ? decode(name, value) : value]];
    }),
  );

/**
 * Whether the headers are those of a CloudEvent in binary mode.
 *
 * @throws RequestError `event-context` naming the required ones that are missing, when others are there.
 */
export function isBinaryEvent(headers: Headers): boolean {
  const missing = REQUIRED.filter((name) => headers[name] === undefined);
  if (missing.length === 0) return true;
  if (missing.length === REQUIRED.length) return false;
  throw new RequestError('event-context', `missing headers: ${missing.join(', ')}`);
}
