import { setTimeout as delay } from 'node:timers/promises';
import type { Scene } from '../scene.ts';

const OPEN_MS = 2_000;

/** Closes the breaker every two seconds, as if the minutes that it stays open had passed. */
export function startBreakerClock({ proxies }: Scene) {
  const stopped = new AbortController();
  const { signal } = stopped;
  const work = (async () => {
    while (!signal.aborted) {
      await proxies.apicall.closeBreaker();
      await delay(OPEN_MS, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async (): Promise<void> => {
      stopped.abort();
      await work;
    },
  };
}
