import { useEffect, useReducer, useRef } from 'preact/hooks';
import type { Problem } from '../../api.ts';
import { ask } from './api.ts';

/** Seconds between two attempts, at most. */
const LONGEST_WAIT = 60;

export interface Polled<T> {
  /** The last answer; kept when a later reading fails. */
  readonly data?: T;
  /** Why the last reading failed. */
  readonly problem?: Problem;
  readonly refresh: () => void;
}

interface Latest {
  readonly text?: string;
  readonly data?: unknown;
  readonly problem?: Problem;
}

/** Last answers by path: a view that is shown again is there at once, and so is its scroll position. */
const known = new Map<string, Latest>();
const MOST_KNOWN = 50;

function remember(path: string, latest: Latest): void {
  known.delete(path);
  known.set(path, latest);
  for (const oldest of [...known.keys()].slice(0, -MOST_KNOWN)) known.delete(oldest);
}

/** Reads `path`, and remembers the answer if it is another than the last. Returns whether there was one. */
async function read(path: string, signal: AbortSignal): Promise<boolean> {
  const { problem: before, ...last } = known.get(path) ?? {};
  const { text, problem } = await ask(path, { signal });
  if (signal.aborted) return false;
  if (text === undefined) {
    if (problem?.message !== before?.message)
      remember(path, { ...last, ...(problem && { problem }) });
    return false;
  }
  if (text !== last.text) remember(path, { text, data: JSON.parse(text) });
  else if (before !== undefined) remember(path, last);
  return true;
}

/** Calls `poll` now, then `seconds` after each end, only while the page is visible; waits longer after failures. */
function startPolling(poll: () => Promise<boolean>, seconds: number, stop: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = seconds;
  let isBusy = false;
  const run = async (): Promise<void> => {
    clearTimeout(timer);
    if (isBusy || stop.aborted || document.visibilityState === 'hidden') return;
    isBusy = true;
    wait = (await poll()) ? seconds : Math.min(wait * 2, LONGEST_WAIT);
    isBusy = false;
    if (!stop.aborted && Number.isFinite(wait)) timer = setTimeout(run, wait * 1000);
  };
  document.addEventListener('visibilitychange', run, { signal: stop });
  stop.addEventListener('abort', () => clearTimeout(timer));
  void run();
}

/**
 * The answer of GET `/api/<path>`, read again every few seconds while the page is visible. Renders only when it has
 * changed. An undefined path reads nothing. `Infinity` seconds: again only after a failure, or when the page is shown.
 */
export function usePolled<T>(path: string | undefined, seconds: number): Polled<T> {
  const [, render] = useReducer((count: number) => count + 1, 0);
  const [round, refresh] = useReducer((count: number) => count + 1, 0);
  const latest = path === undefined ? undefined : known.get(path);
  const shown = useRef(latest);
  shown.current = latest;
  useEffect(() => {
    if (path === undefined) return;
    const stop = new AbortController();
    const poll = async (): Promise<boolean> => {
      const isAnswered = await read(path, stop.signal);
      if (known.get(path) !== shown.current && !stop.signal.aborted) render(undefined);
      return isAnswered;
    };
    startPolling(poll, seconds, stop.signal);
    return () => stop.abort();
  }, [path, seconds, round]);
  return {
    ...(latest?.data !== undefined && { data: latest.data as T }),
    ...(latest?.problem !== undefined && { problem: latest.problem }),
    refresh: () => refresh(undefined),
  };
}
