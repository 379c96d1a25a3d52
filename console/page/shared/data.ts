import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { ActionResult } from '../../../cli/dlq/failures/failure.ts';
import type { Problem } from '../../server/errors.ts';

const KEY = 'token';

/**
 * Moves the token from the address (`#token=…`) into this tab's session storage: a reload keeps it, while a copied
 * address, a bookmark and a screenshot don't have it. Other tabs don't see it.
 */
export function takeToken(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get(KEY);
  if (token === null) return;
  sessionStorage.setItem(KEY, token);
  history.replaceState(null, '', '#/flow');
  dispatchEvent(new HashChangeEvent('hashchange'));
}

interface Answer<T> {
  /** The last answer as JSON; both are kept when a later request fails. */
  readonly text?: string;
  readonly data?: T;
  /** Why the last request failed. */
  readonly problem?: Problem;
}

const unanswered: Problem = {
  kind: 'unreachable',
  message: "The console's server doesn't answer. It may have been stopped.",
  remedy: 'npm run console',
};

/** Sends GET, or what `init` says, to `/api/<path>`. Never rejects. Returns `before` itself if nothing has changed. */
async function ask<T>(path: string, init: RequestInit, before?: Answer<T>): Promise<Answer<T>> {
  // Empty when the page was opened without one: the server then answers 401.
  const headers = { ...init.headers, Authorization: `Bearer ${sessionStorage.getItem(KEY) ?? ''}` };
  try {
    const response = await fetch(`/api/${path}`, { ...init, headers });
    const text = await response.text();
    if (!response.ok) return { ...before, problem: JSON.parse(text) };
    return text === before?.text && !before.problem ? before : { text, data: JSON.parse(text) };
  } catch {
    return { ...before, problem: unanswered };
  }
}

/** Seconds between two attempts, at most. */
const LONGEST_WAIT = 60;

/** Last answers by path: a view that is shown again is there at once, and so is its scroll position. */
const known = new Map<string, Answer<unknown>>();
const MOST_KNOWN = 50;

function remember(path: string, answer: Answer<unknown>): void {
  known.delete(path);
  known.set(path, answer);
  for (const oldest of [...known.keys()].slice(0, -MOST_KNOWN)) known.delete(oldest);
}

/** Reads `path` now, then `seconds` after each end, only while the page is visible; waits longer after failures. */
function startPolling(
  path: string,
  seconds: number,
  { signal, show }: { signal: AbortSignal; show: (answer: Answer<unknown>) => void },
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = seconds;
  let isBusy = false;
  const poll = async (): Promise<void> => {
    clearTimeout(timer);
    if (isBusy || document.visibilityState === 'hidden') return;
    isBusy = true;
    const answer = await ask(path, { signal }, known.get(path));
    if (signal.aborted) return;
    isBusy = false;
    remember(path, answer);
    show(answer);
    wait = answer.problem ? Math.min(wait * 2, LONGEST_WAIT) : seconds;
    if (Number.isFinite(wait)) timer = setTimeout(poll, wait * 1000);
  };
  document.addEventListener('visibilitychange', poll, { signal });
  signal.addEventListener('abort', () => clearTimeout(timer));
  void poll();
}

/** What the last action did. After each, everything is read again. */
export const ResultContext = createContext<ActionResult | undefined>(undefined);

/**
 * The answer of GET `/api/<path>`, read again every few seconds while the page is visible. Renders only when it has
 * changed. An undefined path reads nothing. `Infinity` seconds: again only after a failure, an action, or when the page is shown.
 */
export function usePolled<T>(path: string | undefined, seconds: number): Answer<T> {
  const [, show] = useState<Answer<unknown>>();
  const result = useContext(ResultContext);
  useEffect(() => {
    if (path === undefined) return;
    const stop = new AbortController();
    startPolling(path, seconds, { signal: stop.signal, show });
    return () => stop.abort();
  }, [path, seconds, result]);
  return ((path !== undefined && known.get(path)) || {}) as Answer<T>;
}

/** POST `/api/<path>`, and what came of the last one. `send` resolves to undefined where there is a problem. */
export function usePost<T>(path: string) {
  const [answer, set] = useState<Answer<T> & { readonly isBusy?: boolean }>({});
  const send = async (body: object): Promise<T | undefined> => {
    set({ isBusy: true });
    const headers = { 'Content-Type': 'application/json' };
    const done = await ask<T>(path, { method: 'POST', headers, body: JSON.stringify(body) });
    set(done);
    return done.data;
  };
  return { ...answer, send };
}
