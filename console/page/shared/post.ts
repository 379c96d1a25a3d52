import { useState } from 'preact/hooks';
import type { Problem } from '../../api.ts';
import { ask } from './api.ts';

interface Posted<T> {
  readonly result?: T;
  readonly problem?: Problem;
  readonly isBusy?: boolean;
}

/** POST `/api/<path>`, and what came of the last one. `send` resolves to undefined where there is a problem. */
export function usePost<T>(path: string) {
  const [posted, set] = useState<Posted<T>>({});
  const send = async (body: object): Promise<T | undefined> => {
    set({ isBusy: true });
    const headers = { 'Content-Type': 'application/json' };
    const answer = await ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
    const done: Posted<T> =
      answer.text === undefined ? answer : { result: JSON.parse(answer.text) };
    set(done);
    return done.result;
  };
  return { ...posted, send };
}
