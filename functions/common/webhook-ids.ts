import { createHash } from 'node:crypto';

const ID = /^[A-Za-z0-9-]{1,128}$/;

/** Whether a text from outside may stand in a URN, an object key and a log line as it is. */
export const isId = (text: string | undefined): text is string =>
  text !== undefined && ID.test(text);

/** The first of `candidates` that looks like an id; where none does, the body's SHA-256 names the delivery. */
export const deliveryId = (candidates: readonly (string | undefined)[], body: Buffer): string =>
  candidates.find(isId) ?? createHash('sha256').update(body).digest('hex');

/** `urn:webhook:<provider>:<name>:<id>` for each id, in their order. */
export const toUrns = (provider: string, ids: Readonly<Record<string, string>>): string[] =>
  Object.entries(ids).map(([name, id]) => `urn:webhook:${provider}:${name}:${id}`);
