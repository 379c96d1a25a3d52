import { useState } from 'preact/hooks';
import type { Problem } from '../../api.ts';
import { post } from './api.ts';
import { problemOf } from './errors.ts';

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
    try {
      const result = await post<T>(path, body);
      set({ result });
      return result;
    } catch (error) {
      set({ problem: problemOf(error) });
      return undefined;
    }
  };
  return { ...posted, send };
}
