import pMap from 'p-map';
import { toError } from '#common/errors.ts';
import type { Log } from '#common/logger.ts';
import type { Command } from '../command.ts';
import type { Pace } from '../drain/pace.ts';
import type { Send } from '../drain/send.ts';
import type { ParkBucket } from '../park/bucket.ts';
import type { Unparked } from './judge.ts';
import { withObjection } from './read.ts';
import type { OnceRecords } from './records.ts';
import { lookAt, type Objection, settleWith } from './settle.ts';

interface ReleaseDependencies {
  readonly send: Send;
  readonly bucket: Pick<ParkBucket, 'remove'>;
  readonly records: OnceRecords;
  readonly pace: Pace;
  readonly log: Log;
}

const CONCURRENCY = 10;

type Settle = (effect: NonNullable<Unparked['effect']>, command: Command) => Promise<Objection>;

/** Sends parked letters back. Each object is deleted when its letter's hand-over is confirmed. Never rejects. */
export function createRelease({ send, bucket, records, pace, log }: ReleaseDependencies) {
  const settleOne = async (item: Unparked, command: Command, settle: Settle): Promise<Unparked> => {
    if (item.verdict.kind !== 'redrive' || !item.effect) return item;
    try {
      return withObjection(item, await settle(item.effect, command));
    } catch (error) {
      const { route: _route, ...rest } = item;
      return { ...rest, refusal: { errorCode: toError(error).name } };
    }
  };

  const settleAll = (items: readonly Unparked[], command: Command, settle: Settle) =>
    pMap(items, (item) => settleOne(item, command, settle), { concurrency: CONCURRENCY });

  const remove = async ({ key }: Unparked): Promise<void> => {
    try {
      await bucket.remove(key);
    } catch (error) {
      // Its letter is on its way: unparked once more it would be redriven twice, which the once-only guard makes harmless.
      log.warn('parked object not deleted', { key, error });
    }
  };

  return {
    /** Says what would be in the way. */
    look: (items: readonly Unparked[], command: Command): Promise<Unparked[]> =>
      settleAll(items, command, lookAt(records)),
    /** Answers each letter with what became of it. */
    release: async (items: readonly Unparked[], command: Command): Promise<Unparked[]> => {
      await pace(items.filter(({ route }) => route !== undefined).length);
      const settled = await settleAll(items, command, settleWith(records));
      const sent = await send(settled);
      const gone = sent.filter(({ refusal }) => refusal === undefined);
      await pMap(gone, remove, { concurrency: CONCURRENCY });
      return [...sent, ...settled.filter(({ route }) => route === undefined)];
    },
  };
}

export type Release = ReturnType<typeof createRelease>;
