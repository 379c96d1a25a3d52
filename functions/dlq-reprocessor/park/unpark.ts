import pMap from 'p-map';
import type { RemainingMs } from '#common/aws.ts';
import { toError } from '#common/errors.ts';
import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import type { Command } from '../command.ts';
import { countMoves, createTally, type Tally, tell, toLetter } from '../counters.ts';
import type { Pace } from '../queue/apply.ts';
import { limitOf } from '../queue/drain.ts';
import type { Send } from '../queue/send.ts';
import type { QueueReport, StoppedBy } from '../report.ts';
import { type Read, type Unparked, withObjection } from './evaluate-parked.ts';
import { mayMatch, prefixOf } from './list.ts';
import type { ParkBucket } from './park.ts';
import { lookAt, type Objection, type OnceRecords, settleWith } from './resolve-unknown.ts';

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

export interface UnparkDependencies extends Release {
  readonly bucket: Pick<ParkBucket, 'list'>;
  readonly read: Read;
  readonly ratePerSecond: number;
  readonly remainingMs: RemainingMs;
  readonly log: Log;
  readonly count: CountMetric;
}

export interface UnparkedSlice {
  readonly report: QueueReport;
  /** The key to go on after; absent at the end. */
  readonly after?: string;
}

/** Keys to work on, and where to go on after them. */
interface Next {
  readonly keys: readonly string[];
  readonly hasMore: boolean;
  readonly after?: string;
}

/** Objects that are worked on together; fewer where the rate is lower. */
const MAX_WAVE = 50;

/** What S3 lists in one request ("ListObjectsV2"). */
const PAGE = 1_000;

/** No new wave is begun with less time than this: reading, settling, sending and deleting. */
const WAVE_MS = 30_000;

/** Works through the parked objects in the order of their keys. Rejects when S3 does not list them. */
export function createUnpark(dependencies: UnparkDependencies) {
  const { bucket, read, look, release, ratePerSecond, remainingMs, log, count } = dependencies;

  const note = (tally: Tally, item: Unparked, command: Command): void => {
    const { key, parkedAt: at, refusal, verdict } = item;
    const letter = { ...toLetter(item, false), kind: 'parked' as const, key };
    tally.add({ ...tell(item), at, ...(command.dryRun ? { letter } : {}) });
    if (command.dryRun || verdict.kind === 'skip') return;
    if (refusal) log.error('parked letter not handed over', { key, ...refusal });
    else log.info('parked letter handled', { key, result: verdict.kind, reason: verdict.reason });
  };

  const work = async (keys: readonly string[], command: Command, tally: Tally): Promise<void> => {
    const items = await read(keys, command);
    const done = command.dryRun ? await look(items, command) : await release(items, command);
    for (const item of done) note(tally, item, command);
    if (!command.dryRun) countMoves(count, done);
  };

  /** The next keys that may be meant. Ids are looked for in whole pages of keys, which cost no more than parts of them. */
  const next = async (
    command: Command,
    after: string | undefined,
    looked: number,
  ): Promise<Next> => {
    const room = Math.min(limitOf(command) - looked, ratePerSecond, MAX_WAVE);
    const { filter } = command;
    const page = await bucket.list(prefixOf(filter), after, filter.id ? PAGE : room);
    const meant = page.keys.filter((key) => mayMatch(filter, key));
    const keys = meant.slice(0, room);
    const isCut = keys.length < meant.length;
    const last = (isCut ? keys : page.keys).at(-1) ?? after;
    return { keys, hasMore: page.hasMore || isCut, ...(last === undefined ? {} : { after: last }) };
  };

  const stopOf = (hasMore: boolean, looked: number, command: Command): StoppedBy | undefined => {
    if (!hasMore) return 'empty';
    if (looked >= limitOf(command)) return 'limit';
    return remainingMs() < WAVE_MS ? 'time' : undefined;
  };

  return async (command: Command): Promise<UnparkedSlice> => {
    const tally = createTally();
    let after = command.cursor?.after;
    let looked = 0;
    let stoppedBy: StoppedBy | undefined;
    while (stoppedBy === undefined) {
      const page = await next(command, after, looked);
      await work(page.keys, command, tally);
      looked += page.keys.length;
      after = page.after;
      stoppedBy = stopOf(page.hasMore, looked, command);
    }
    const report = tally.report(stoppedBy, command.dryRun);
    return stoppedBy === 'empty' || after === undefined ? { report } : { report, after };
  };
}

export type Unpark = ReturnType<typeof createUnpark>;
