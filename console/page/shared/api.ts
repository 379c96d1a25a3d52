import { ApiError } from './errors.ts';
import { currentToken } from './token.ts';

async function send(path: string, init: RequestInit): Promise<Response> {
  const authorization = { Authorization: `Bearer ${currentToken()}` };
  const headers = { ...init.headers, ...authorization };
  try {
    return await fetch(`/api/${path}`, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    const message = "The console's server doesn't answer. It may have been stopped.";
    throw new ApiError(
      { kind: 'unreachable', message, remedy: 'npm run console' },
      { cause: error },
    );
  }
}

async function textOf(response: Response): Promise<string> {
  const text = await response.text();
  if (response.ok) return text;
  try {
    throw new ApiError(JSON.parse(text));
  } catch (error) {
    if (error instanceof ApiError) throw error;
    const message = `The console's server answered ${response.status}.`;
    throw new ApiError({ kind: 'failed', message }, { cause: error });
  }
}

/**
 * The JSON text of GET `/api/<path>`: text, so that a caller sees cheaply that nothing has changed.
 *
 * @throws ApiError for an answer other than 2xx, and when the server can't be reached. AbortError after `signal`.
 */
export const getText = async (path: string, signal?: AbortSignal): Promise<string> =>
  textOf(await send(path, signal === undefined ? {} : { signal }));

/** @throws as `getText`. */
export async function post<T>(path: string, body: object): Promise<T> {
  const headers = { 'Content-Type': 'application/json' };
  const response = await send(path, { method: 'POST', headers, body: JSON.stringify(body) });
  return JSON.parse(await textOf(response));
}

/** `path?name=value…`, without empty values. */
export function pathOf(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}
