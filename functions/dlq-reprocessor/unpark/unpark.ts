import type { RemainingMs } from '#common/deadline.ts';
import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import type { Command } from '../command.ts';
import { countMoves } from '../drain/count.ts';
import { limitOf } from '../drain/stop.ts';
import { createTally, type Tally } from '../drain/tally.ts';
import { tell, toLetter } from '../drain/tell.ts';
import type { ParkBucket } from '../park/bucket.ts';
import type { QueueReport, StoppedBy } from '../report.ts';
import type { Unparked } from './judge.ts';
import { mayMatch, prefixOf } from './list.ts';
import type { Read } from './read.ts';
import type { Release } from './release.ts';

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
