import { isUtf8 } from 'node:buffer';
import { parseExact } from '#common/json.ts';
import { RequestError } from '../errors.ts';

/** Refuses what cannot be read as a request at all. */
export const unreadable = (message: string): never => {
  throw new RequestError('request-parsing', message);
};

/**
 * Numbers that JavaScript would change keep their digits.
 *
 * @throws RequestError `request-parsing` when the text is not JSON.
 */
export function parseJson(text: string): unknown {
  try {
    return parseExact(text);
  } catch (error) {
    const isDeep = error instanceof RangeError;
    return unreadable(isDeep ? 'the request is nested too deep' : 'the request is not JSON');
  }
}

/** @throws RequestError `request-parsing` when the bytes are not UTF-8. */
export function fromBase64(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  return isUtf8(bytes) ? bytes.toString('utf8') : unreadable('the request is not UTF-8');
}

/** `application/json` and every type that ends in `+json`, with or without parameters. */
export const isJsonType = (type: string): boolean =>
  /^[^;]+\/(?:[^;]+\+)?json\s*(?:;|$)/i.test(type);
