import type { ParkedObject } from '../../local/chaos/parked.ts';
import { keyPattern } from '../events/plan.ts';

/** Why an event is kept for a person. */
export interface Kept {
  readonly reason: string;
  readonly errorCode: string;
}

const errorCodeOf = (failure: string | undefined): string => {
  const { errorCode = '' } = Object(JSON.parse(failure ?? '{}'));
  return String(errorCode);
};

/** The parked messages of a run, by the number of the event that each is about. */
export function keptByEvent(parked: readonly ParkedObject[], seed: number): Map<number, Kept[]> {
  const kept = new Map<number, Kept[]>();
  for (const { reason, body, attributes } of parked) {
    const [, index] = keyPattern(seed).exec(body) ?? [];
    if (index === undefined) continue;
    const one = { reason, errorCode: errorCodeOf(attributes?.['Failure']) };
    kept.set(Number(index), [...(kept.get(Number(index)) ?? []), one]);
  }
  return kept;
}
