import type { RemainingMs } from '#common/deadline.ts';
import type { QueueName } from '../names.ts';
import type { Park } from '../park/park.ts';
import type { ToPark } from '../park/parked.ts';
import { isRefusedForGood } from '../permanence.ts';
import type { Planned } from './plan.ts';
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
