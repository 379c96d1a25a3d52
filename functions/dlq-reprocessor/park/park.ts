import pMap from 'p-map';
import type { Refusal } from '#common/batches.ts';
import type { RemainingMs } from '#common/deadline.ts';
import { toError } from '#common/errors.ts';
import type { Publish, Publishable } from '#common/publish.ts';
import { formatParked, parkedKey, type ToPark } from './parked.ts';

/** Keeps a text under a key; rejects when it could not be stored. */
export type StoreObject = (key: string, body: string, remainingMs: RemainingMs) => Promise<void>;

interface ParkDependencies {
  readonly store: StoreObject;
  readonly publish: Publish;
  readonly now: () => Date;
}

/** Objects that are stored at the same time. */
const CONCURRENCY = 10;

interface Stored {
  readonly refusal?: Refusal;
  readonly event?: Publishable;
}

const announcement = ({ reason, letter: { messageId: id } }: ToPark, key: string): Publishable => ({
  id,
  source: 'salesforce-eventbridge',
  detailType: 'salesforce-eventbridge.parked',
  detail: JSON.stringify({ reason, key, id }),
  resources: [],
});

/**
 * Keeps dead letters for a person: each message and its history in S3, and an event on the bus that says so.
 *
 * @returns a function that answers one result per letter, in order: `undefined` where the letter is stored and its
 *   event taken. It never rejects.
 */
export function createPark({ store, publish, now }: ParkDependencies) {
  const keep = async (toPark: ToPark, remainingMs: RemainingMs): Promise<Stored> => {
    const at = now();
    const key = parkedKey(toPark.reason, at, toPark.letter.messageId);
    try {
      await store(key, formatParked(toPark, at), remainingMs);
      return { event: announcement(toPark, key) };
    } catch (error) {
      return { refusal: { errorCode: toError(error).name } };
    }
  };

  const announce = async (stored: readonly Stored[], remainingMs: RemainingMs) => {
    const events = stored.flatMap(({ event }) => event ?? []);
    const published = await publish(events, remainingMs);
    return new Set(events.filter((_, index) => published[index]?.outcome !== 'failed'));
  };

  return async (
    letters: readonly ToPark[],
    remainingMs: RemainingMs,
  ): Promise<(Refusal | undefined)[]> => {
    const stored = await pMap(letters, (letter) => keep(letter, remainingMs), {
      concurrency: CONCURRENCY,
    });
    const announced = await announce(stored, remainingMs);
    return stored.map(({ refusal, event }) => {
      if (refusal) return refusal;
      // Stored, but nobody was told: the letter stays and is parked again, under the same key.
      return event && announced.has(event) ? undefined : { errorCode: 'NotAnnounced' };
    });
  };
}

export type Park = ReturnType<typeof createPark>;
