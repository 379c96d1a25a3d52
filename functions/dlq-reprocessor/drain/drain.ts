import type { RemainingMs } from '#common/deadline.ts';
import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import type { Command } from '../command.ts';
import type { Policy } from '../decide.ts';
import type { DeadLetter } from '../envelope/letter.ts';
import type { QueueName } from '../names.ts';
import type { DeadLetterQueue } from '../queue/dead-letter-queue.ts';
import type { QueueReport, StoppedBy } from '../report.ts';
import type { CarryOut } from './carry-out.ts';
import { countAge, countMoves } from './count.ts';
import type { Plan, Planned } from './plan.ts';
import type { Seen } from './seen.ts';
import { createSlice, type SliceState } from './slice.ts';
import { createSource, type Wave } from './source.ts';
import { limitOf, stopOf } from './stop.ts';
import { judge } from './verdict.ts';

export interface DrainDependencies extends CarryOut {
  readonly plan: Plan;
  readonly policy: Policy;
  readonly ratePerSecond: number;
  readonly log: Log;
  readonly count: CountMetric;
  readonly remainingMs: RemainingMs;
  readonly now: () => Date;
}

/** One queue, in one invocation. */
export interface Errand {
  readonly name: QueueName;
  readonly queue: DeadLetterQueue;
  readonly command: Command;
}

/** What a slice of a queue came to. */
export interface Drained {
  readonly report: QueueReport;
  /** Whether there is nothing more to be seen. */
  readonly isDone: boolean;
}

/** Letters that are worked on together, so that calls come in full batches; fewer where the rate is lower. */
const MAX_WAVE = 50;

/** As long as the queues hide what is received, and as long as a wave may take. */
const HIDE_SECONDS = 120;

/** What a dry run has seen comes back by itself; until then, the next slice sees other letters. */
const DRY_HIDE_SECONDS = 60;

const hideSecondsOf = ({ dryRun }: Command): number => (dryRun ? DRY_HIDE_SECONDS : HIDE_SECONDS);

function logAll({ name, command }: Errand, planned: readonly Planned[], log: Log): void {
  for (const { letter, verdict, refusal } of planned) {
    const ids = { queue: name, messageId: letter.messageId, action: command.action };
    if (refusal) log.error('dead letter not handed over', { ...ids, ...refusal });
    else if (verdict.kind !== 'skip')
      log.info('dead letter handled', { ...ids, result: verdict.kind, reason: verdict.reason });
  }
}

/** Plans letters and, unless it is a dry run, carries the plans out. */
function createWork(dependencies: DrainDependencies) {
  const { plan, carryOut, removeHandedOver, policy, log, count, now } = dependencies;

  const planAll = (letters: readonly DeadLetter[], command: Command) =>
    plan(letters.map((letter) => judge(letter, command, policy, now())));

  /** Answers `undefined` when there was no time. */
  return async (errand: Errand, letters: readonly DeadLetter[], at: number) => {
    const { name, queue, command } = errand;
    if (command.dryRun) return planAll(letters, command);
    const open = await removeHandedOver(queue, letters);
    const done = await carryOut(name, queue, await planAll(open, command), at);
    if (done === undefined) return undefined;
    countMoves(count, done);
    logAll(errand, done, log);
    return done;
  };
}

/** Works off one queue, a wave of letters at a time. */
export function createDrain(dependencies: DrainDependencies) {
  const { ratePerSecond, log, count, remainingMs, now } = dependencies;
  const work = createWork(dependencies);

  const workOff = async (
    errand: Errand,
    slice: SliceState,
    { letters, at }: Wave,
  ): Promise<StoppedBy | undefined> => {
    if (letters.length === 0) return 'empty';
    const unseen = slice.unseen(letters);
    if (slice.isExhausted()) return 'empty';
    const done = await work(errand, unseen, at);
    slice.noteAll(done ?? [], at);
    return done === undefined ? 'time' : undefined;
  };

  const run = async (errand: Errand, slice: SliceState): Promise<StoppedBy> => {
    const { queue, command } = errand;
    const source = createSource(queue, hideSecondsOf(command), () => now().getTime());
    const stop = () => stopOf(slice.tally, command, remainingMs);
    let stoppedBy = stop();
    while (stoppedBy === undefined) {
      const room = limitOf(command) - slice.tally.received();
      const wave = await source(Math.min(room, ratePerSecond, MAX_WAVE));
      stoppedBy = (await workOff(errand, slice, wave)) ?? stop();
    }
    return stoppedBy;
  };

  /** What was only looked at can be received again at once. */
  const release = async (queue: DeadLetterQueue, slice: SliceState, command: Command) => {
    const held = slice.heldSince(now().getTime() - hideSecondsOf(command) * 1000);
    await queue.hide(held.map((letter) => ({ letter, seconds: 0 })));
  };

  const countLeft = (queue: DeadLetterQueue) =>
    queue.left().then(
      (left) => ({ left }),
      (error: unknown) => {
        log.warn('queue not counted', { error });
        return {};
      },
    );

  return async (errand: Errand, seen: Seen): Promise<Drained> => {
    const { name, queue, command } = errand;
    const slice = createSlice(command, seen);
    const stoppedBy = await run(errand, slice);
    const isDone = stoppedBy === 'empty' || stoppedBy === 'waits' || command.action === 'status';
    if (isDone) await release(queue, slice, command);
    if (!command.dryRun) countAge(count, name, slice.tally.oldest(), now());
    const report = {
      ...slice.tally.report(stoppedBy, command.dryRun),
      ...(await countLeft(queue)),
    };
    return { isDone, report };
  };
}

export type Drain = ReturnType<typeof createDrain>;
