import { createHash } from 'node:crypto';

type Of = readonly (string | number)[];

/** Chance that follows from a seed alone: the same question is always answered alike, in whatever order it is asked. */
export function createDice(seed: number) {
  const hash = (of: Of): Buffer =>
    createHash('sha256')
      .update(JSON.stringify([seed, ...of]))
      .digest();
  return {
    /** A whole number from 0 to `sides` - 1. */
    roll: (sides: number, ...of: Of): number => hash(of).readUInt32BE() % sides,
    /** 20 hexadecimal digits. */
    hex: (...of: Of): string => hash(of).toString('hex', 0, 10),
  };
}

export type Dice = ReturnType<typeof createDice>;
