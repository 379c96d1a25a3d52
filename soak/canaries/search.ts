import { canariesIn } from '../events/routes.ts';
import type { Secret } from './secrets.ts';

/** Texts of one kind. */
export interface Source {
  readonly name: string;
  readonly texts: readonly string[];
  /** The canaries that may appear in a text, or any; absent: none. */
  readonly allows?: (text: string) => ReadonlySet<string> | 'any';
}

export interface Searched {
  readonly source: string;
  readonly texts: number;
  readonly bytes: number;
  readonly secrets: number;
  readonly contents: number;
  /** What was found and where, without the finding itself. */
  readonly findings: readonly string[];
}

/** A JSON Web Token: its first two parts are JSON objects in base64. */
const JWT = /eyJ[\w-]{8,}\.eyJ[\w-]{8,}/g;
const CONTEXT = 60;
const MAX_FINDINGS = 20;

/** The text before a finding. */
const before = (text: string, at: number): string =>
  text.slice(Math.max(0, at - CONTEXT), at).replaceAll(/\s+/g, ' ');

function findSecrets(text: string, secrets: readonly Secret[]): string[] {
  const known = secrets.flatMap(({ name, value }) => {
    const at = text.indexOf(value);
    return at < 0 ? [] : [`${name} after "${before(text, at)}"`];
  });
  const tokens = [...text.matchAll(JWT)].map(({ index }) => `JWT after "${before(text, index)}"`);
  return [...known, ...tokens];
}

function findContents(text: string, allows: Source['allows']): string[] {
  const allowed = allows?.(text) ?? new Set();
  if (allowed === 'any') return [];
  return [...canariesIn(text)]
    .filter((canary) => !allowed.has(canary))
    .map((canary) => `message content after "${before(text, text.indexOf(canary))}"`);
}

/** Searches texts for secrets, and for message contents where they are not allowed. */
export function search({ name, texts, allows }: Source, secrets: readonly Secret[]): Searched {
  const found = {
    secrets: texts.flatMap((text) => findSecrets(text, secrets)),
    contents: texts.flatMap((text) => findContents(text, allows)),
  };
  return {
    source: name,
    texts: texts.length,
    bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    secrets: found.secrets.length,
    contents: found.contents.length,
    findings: [...found.secrets, ...found.contents].slice(0, MAX_FINDINGS),
  };
}
