import { createHash } from 'node:crypto';
import type { RemainingMs } from '#common/aws.ts';
import type { Log } from '#common/logger.ts';
import type { CountMetric } from '#common/metrics.ts';
import type { Command } from '../command.ts';
import { countAge, countMoves, createTally, type Tally, tell, toLetter } from '../counters.ts';
import type { DeadLetter } from '../dead-letter/dead-letter.ts';
import { judge, type Plan, type Planned } from '../evaluate.ts';
import type { QueueName } from '../names.ts';
import type { Policy } from '../policy.ts';
import type { QueueReport, StoppedBy } from '../report.ts';
import type { CarryOut } from './apply.ts';
import { createSource, type DeadLetterQueue, type Wave } from './queue.ts';

/** Marks of letters that a command has seen and left in their queue: once is enough. */
export interface Seen {
  readonly has: (messageId: string) => boolean;
  readonly add: (messageId: string) => void;
  readonly text: () => string;
}

/** 48 bits: among 10,000 letters, two share a mark with a probability of 2 in 10 million, and one of them waits for the next command. */
const MARK_LENGTH = 8;

const markOf = (messageId: string): string =>
  createHash('sha256').update(messageId).digest('base64url').slice(0, MARK_LENGTH);

/** @param text what `text` of an earlier slice answered. */
export function createSeen(text = ''): Seen {
  const marks = new Set(text.match(/.{8}/g) ?? []);
  return {
    has: (messageId) => marks.has(markOf(messageId)),
    add: (messageId) => void marks.add(markOf(messageId)),
    text: () => [...marks].join(''),
  };
}

/** Waves of nothing but letters that were seen before: there are no others, as far as SQS can tell. */
const MAX_REPEATS = 10;

const stays = ({ verdict, refusal }: Planned): boolean =>
  refusal !== undefined || verdict.kind === 'skip' || verdict.kind === 'refuse';

interface Received {
  readonly letter: DeadLetter;
  readonly at: number;
}

/** What an invocation remembers of the letters of one queue. */
export function createSlice({ action, dryRun }: Command, seen: Seen) {
  const tally = createTally();
  const left: Received[] = [];
  let repeats = 0;

  const note = (planned: Planned, at: number): void => {
    tally.add({
      ...tell(planned),
      ...(dryRun ? { letter: toLetter(planned, action === 'preview') } : {}),
    });
    if (!dryRun && !stays(planned)) return;
    seen.add(planned.letter.messageId);
    left.push({ letter: planned.letter, at });
  };

  return {
    tally,
    /** Letters that are still as they were; those received before `since` may be somebody else's by now. */
    heldSince: (since: number): DeadLetter[] =>
      left.flatMap(({ letter, at }) => (at >= since ? [letter] : [])),
    /** @param at when they were received. */
    noteAll: (planned: readonly Planned[], at: number): void => {
      for (const one of planned) note(one, at);
    },
    /** Those that this command has not seen yet. */
    unseen: (letters: readonly DeadLetter[]): DeadLetter[] => {
      const others = letters.filter(({ messageId }) => !seen.has(messageId));
      repeats = others.length === 0 ? repeats + 1 : 0;
      return others;
    },
    isExhausted: (): boolean => repeats >= MAX_REPEATS,
  };
}

export type SliceState = ReturnType<typeof createSlice>;

/** No new wave is begun with less time than this: receiving, sending and deleting, each with its retries. */
const WAVE_MS = 20_000;

/** A queue where this many letters in a row only wait is left alone until the next scheduled run. */
const MAX_WAITS = 100;

const DEFAULT_LIMIT = 500;

/** Letters of each queue, or parked objects, in one invocation. */
export const limitOf = ({ limit, unattended }: Command): number =>
  limit ?? (unattended ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT);

/** Why no further letters are to be looked at; `undefined` - they are. */
export function stopOf(
  tally: Tally,
  command: Command,
  remainingMs: RemainingMs,
): StoppedBy | undefined {
  if (tally.received() >= limitOf(command)) return 'limit';
  if (remainingMs() < WAVE_MS) return 'time';
  return command.unattended && tally.waitsInARow() >= MAX_WAITS ? 'waits' : undefined;
}

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
