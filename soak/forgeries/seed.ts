import type { LambdaFunctionURLEvent } from 'aws-lambda';
import fc from 'fast-check';

/** What a forged request is made from: any text, any bytes, any number. */
export interface Seed {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly number: number;
}

/** A class of forged or malformed requests: makes one from a seed. */
export type Forge = (seed: Seed) => LambdaFunctionURLEvent | Promise<LambdaFunctionURLEvent>;

export type Forgeries = Readonly<Record<string, Forge>>;

export const seeds: fc.Arbitrary<Seed> = fc.record({
  text: fc.string({ unit: 'binary' }),
  bytes: fc.uint8Array({ maxLength: 200 }),
  number: fc.nat(),
});

export const JSON_TYPE = 'application/json';

export const jsonOf = ({ text, number }: Seed): string => JSON.stringify({ action: text, number });

const LARGEST_POWER = 20;

/** From one byte to one MB, each order of magnitude as often as the next. */
export const sizeOf = (number: number): number => 2 ** (number % (LARGEST_POWER + 1));
