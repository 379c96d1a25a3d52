import { setTimeout as sleep } from 'node:timers/promises';
import type { RemainingMs } from '#common/aws.ts';
import type { Log } from '#common/logger.ts';
import type { DeadLetter } from '../dead-letter/dead-letter.ts';
import type { Planned } from '../evaluate.ts';
import type { QueueName } from '../names.ts';
import type { Park } from '../park/park.ts';
import type { ToPark } from '../park/record.ts';
import { isRefusedForGood } from '../policy.ts';
import type { DeadLetterQueue, Hidden } from './queue.ts';
import type { Send } from './send.ts';

interface HandOverDependencies {
  readonly send: Send;
  readonly park: Park;
  readonly remainingMs: RemainingMs;
}

/** What the bus will never take is for a person. */
function orPark(sent: Planned): Planned {
  const { refusal, route, ...judged } = sent;
  if (route?.to !== 'bus' || !refusal || !isRefusedForGood(refusal.errorCode)) return sent;
  const why = `the event bus: ${refusal.errorCode}`;
  return { ...judged, verdict: { kind: 'park', reason: 'PERMANENT', why } };
}

const isParked = ({ verdict }: Planned): boolean => verdict.kind === 'park';

/**
 * Sends or parks letters as their plans say. Answers what became of each: one with a refusal must stay. Never rejects,
 * and no letter fails with another.
 */
export function createHandOver({ send, park, remainingMs }: HandOverDependencies) {
  const parkAll = async (queue: QueueName, planned: readonly Planned[]): Promise<Planned[]> => {
    const toPark = planned.flatMap(({ letter, envelope, verdict }): ToPark[] =>
      verdict.kind === 'park'
        ? [{ queue, letter, envelope, reason: verdict.reason, why: verdict.why }]
        : [],
    );
    const refusals = await park(toPark, remainingMs);
    return planned.map((one, index) => {
      const refusal = refusals[index];
      return refusal === undefined ? one : { ...one, refusal };
    });
  };

  return async (queue: QueueName, planned: readonly Planned[]): Promise<Planned[]> => {
    const sent = (await send(planned)).map(orPark);
    const parked = await parkAll(queue, [...planned, ...sent].filter(isParked));
    return [...sent.filter((one) => !isParked(one)), ...parked];
  };
}

export type HandOver = ReturnType<typeof createHandOver>;

/** The letters that this process has handed over, so that one whose deletion failed is not handed over again. */
export interface HandedOver {
  readonly has: (messageId: string) => boolean;
  readonly add: (messageId: string) => void;
}

/** The oldest are forgotten first: by then their letters are gone, or another process sees them anyway. */
const MAX_REMEMBERED = 10_000;

export function rememberHandedOver(): HandedOver {
  const ids = new Set<string>();
  return {
    has: (messageId) => ids.has(messageId),
    add: (messageId) => {
      ids.add(messageId);
      const [oldest] = ids;
      if (ids.size > MAX_REMEMBERED && oldest !== undefined) ids.delete(oldest);
    },
  };
}

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

export interface CarryOutDependencies {
  readonly handOver: HandOver;
  readonly handedOver: HandedOver;
  readonly pace: Pace;
  readonly log: Log;
  readonly remainingMs: RemainingMs;
  readonly now: () => Date;
}

/** A hand-over is not begun with less time than this: sending and deleting take a moment each. */
const HAND_OVER_MS = 10_000;

/**
 * Letters that were received longer ago are not handed over: they are hidden for 120 s (HIDE_SECONDS), and whatever
 * is done with them has to be done before somebody else receives them.
 */
const MAX_HELD_MS = 60_000;

const isMoving = ({ verdict, refusal }: Planned): boolean =>
  refusal === undefined && (verdict.kind === 'redrive' || verdict.kind === 'park');

const toHidden = ({ letter, verdict }: Planned, now: Date): Hidden[] =>
  verdict.kind === 'wait'
    ? [{ letter, seconds: (verdict.until.getTime() - now.getTime()) / 1000 }]
    : [];

/** Does what was planned: hands letters over, and only then deletes them. */
export function createCarryOut(dependencies: CarryOutDependencies) {
  const { handOver, handedOver, pace, log, remainingMs, now } = dependencies;

  const remove = async (queue: DeadLetterQueue, letters: readonly DeadLetter[]): Promise<void> => {
    const refusals = await queue.remove(letters);
    for (const [index, { messageId }] of letters.entries()) {
      const errorCode = refusals[index]?.errorCode;
      // It comes back, and is deleted then if this process still lives; else it is handed over once more.
      if (errorCode) log.warn('dead letter not deleted', { messageId, errorCode });
    }
  };

  const move = async (name: QueueName, queue: DeadLetterQueue, planned: readonly Planned[]) => {
    const moved = await handOver(name, planned);
    const done = moved.filter(({ refusal }) => refusal === undefined);
    for (const { letter } of done) handedOver.add(letter.messageId);
    await remove(
      queue,
      done.map(({ letter }) => letter),
    );
    return moved;
  };

  return {
    /** What this process has handed over before has only to be deleted. Answers the other letters. */
    removeHandedOver: async (
      queue: DeadLetterQueue,
      letters: readonly DeadLetter[],
    ): Promise<DeadLetter[]> => {
      const isDone = ({ messageId }: DeadLetter): boolean => handedOver.has(messageId);
      await remove(queue, letters.filter(isDone));
      return letters.filter((letter) => !isDone(letter));
    },
    /** Answers each letter with what became of it; `undefined` - there was no time, and all come back. */
    carryOut: async (
      name: QueueName,
      queue: DeadLetterQueue,
      planned: readonly Planned[],
      receivedAt: number,
    ): Promise<Planned[] | undefined> => {
      const moving = planned.filter(isMoving);
      const staying = planned.filter((one) => !isMoving(one));
      await pace(moving.length);
      const isLate = now().getTime() - receivedAt > MAX_HELD_MS || remainingMs() < HAND_OVER_MS;
      if (isLate) return undefined;
      const [moved] = await Promise.all([
        move(name, queue, moving),
        queue.hide(staying.flatMap((one) => toHidden(one, now()))),
      ]);
      return [...moved, ...staying];
    },
  };
}

export type CarryOut = ReturnType<typeof createCarryOut>;
