import type { Problem } from '../../api.ts';
import { currentToken } from './token.ts';

interface Answer {
  /** JSON as text, so that a caller sees cheaply that nothing has changed. Absent where there is a problem. */
  readonly text?: string;
  readonly problem?: Problem;
}

const unanswered: Problem = {
  kind: 'unreachable',
  message: "The console's server doesn't answer. It may have been stopped.",
  remedy: 'npm run console',
};

/** Sends GET, or what `init` says, to `/api/<path>`. Never rejects: an aborted request has a problem, too. */
export async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const headers = { ...init.headers, Authorization: `Bearer ${currentToken()}` };
  try {
    const response = await fetch(`/api/${path}`, { ...init, headers });
    const text = await response.text();
    return response.ok ? { text } : { problem: JSON.parse(text) };
  } catch {
    return { problem: unanswered };
  }
}

/** `path?name=value…`, without empty values. */
export function pathOf(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}
