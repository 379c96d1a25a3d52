import { createHash } from 'node:crypto';

/** The SHA-256 digest of UTF-8 text or bytes, as 64 hexadecimal digits in lower case. */
export const sha256 = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex');
