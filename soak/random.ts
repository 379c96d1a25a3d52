import { createHash } from 'node:crypto';

type Label = readonly (string | number)[];

/** Random values that follow from the seed and a label alone, in whatever order they are asked for. */
export function createRandom(seed: number) {
  const hash = (label: Label): Buffer =>
    createHash('sha256')
      .update(JSON.stringify([seed, ...label]))
      .digest();
  return {
    /** A whole number from 0 to `limit` - 1. */
    below: (limit: number, ...label: Label): number => hash(label).readUInt32BE() % limit,
    /** 20 hexadecimal digits. */
    hex: (...label: Label): string => hash(label).toString('hex', 0, 10),
  };
}

export type Random = ReturnType<typeof createRandom>;
