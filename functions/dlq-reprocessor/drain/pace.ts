import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `count` more letters may be moved. */
export type Pace = (count: number) => Promise<void>;

/**
 * Spaces moves evenly. Nothing is saved up: after a pause there is no burst.
 *
 * @param perSecond letters, of all queues together.
 */
export function createPace(
  perSecond: number,
  now: () => number = Date.now,
  wait: (ms: number) => Promise<unknown> = sleep,
): Pace {
  let free = 0;
  return async (count) => {
    const at = Math.max(now(), free);
    free = at + (count * 1000) / perSecond;
    if (at > now()) await wait(at - now());
  };
}
