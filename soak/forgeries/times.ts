import type { Answered } from './wire.ts';

/** How long answers took, by the size of the body. */
export interface Times {
  readonly size: string;
  readonly count: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const KB = 1_024;

const sizes = [
  { size: 'up to 1 KB', below: KB },
  { size: '1 KB to 16 KB', below: 16 * KB },
  { size: '16 KB to 128 KB', below: 128 * KB },
  { size: '128 KB to 1 MB', below: 1_024 * KB },
  { size: '1 MB and more', below: Number.POSITIVE_INFINITY },
];

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** The times of some answers by size; sizes without any are left out. */
export function timesBySize(answers: readonly Answered[]): Times[] {
  return sizes.flatMap(({ size, below }, index) => {
    const from = sizes[index - 1]?.below ?? 0;
    const some = answers
      .filter(({ bytes }) => bytes >= from && bytes < below)
      .map(({ ms }) => ms)
      .sort((a, b) => a - b);
    if (some.length === 0) return [];
    const [medianMs, p99Ms, maxMs] = [at(some, 0.5), at(some, 0.99), at(some, 1)];
    return [{ size, count: some.length, medianMs, p99Ms, maxMs }];
  });
}
