import type { Dice } from '../dice.ts';
import { type Way, ways } from './ways.ts';

/** An event that is to be sent. */
export interface Planned {
  readonly index: number;
  readonly way: Way;
  /** Names the event wherever ids may stand: delivery id, idempotency key, CloudEvent id. */
  readonly key: string;
  /** Stands in the content of the event and nowhere else: the canary. */
  readonly word: string;
}

/** What words look like, so that each can be found in any text. */
export const WORD = /canary[0-9a-f]{20}/g;

const TOTAL = ways.reduce((sum, { share }) => sum + share, 0);

function wayOf(value: number): Way {
  let left = value;
  for (const way of ways) {
    left -= way.share;
    if (left < 0) return way;
  }
  throw new RangeError(`${value} is beyond the ${TOTAL} shares of all ways`);
}

export const keyOf = (seed: number, index: number): string => `soak-${seed}-${index}`;

/** Finds the number of the event in a text that holds its key. */
export const keyPattern = (seed: number): RegExp => new RegExp(`soak-${seed}-(\\d+)(?!\\d)`, 'g');

/** The events of a seed: each way by its share, every way at least once when there are that many. */
export function planEvents(seed: number, count: number, dice: Dice): Planned[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    way: ways[index] ?? wayOf(dice.roll(TOTAL, 'way', index)),
    key: keyOf(seed, index),
    word: `canary${dice.hex('word', index)}`,
  }));
}
