import type { RemainingMs } from '#common/deadline.ts';
import type { Log } from '#common/logger.ts';
import type { DeadLetter } from '../envelope/letter.ts';
import type { QueueName } from '../names.ts';
import type { DeadLetterQueue, Hidden } from '../queue/dead-letter-queue.ts';
import type { HandOver } from './hand-over.ts';
import type { HandedOver } from './handed-over.ts';
import type { Pace } from './pace.ts';
import type { Planned } from './plan.ts';

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
