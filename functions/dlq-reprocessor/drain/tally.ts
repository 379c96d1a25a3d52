import type { Letter, QueueReport, Result, StoppedBy } from '../report.ts';

/** What became of one letter, for the report. */
export interface Told {
  readonly result: Result;
  readonly reason: string;
  readonly at: Date;
  /** Dry runs only. */
  readonly letter?: Letter;
}

const earlier = (one: Date | undefined, other: Date): Date =>
  one === undefined || other < one ? other : one;

/** Counts what becomes of the letters of one queue. */
export function createTally() {
  const results = { redriven: 0, parked: 0, waiting: 0, skipped: 0, refused: 0, failed: 0 };
  const byReason: Record<string, number> = {};
  const letters: Letter[] = [];
  let received = 0;
  let waitsInARow = 0;
  let oldest: Date | undefined;

  return {
    received: (): number => received,
    waitsInARow: (): number => waitsInARow,
    oldest: (): Date | undefined => oldest,
    add: ({ result, reason, at, letter }: Told): void => {
      received += 1;
      waitsInARow = result === 'waiting' ? waitsInARow + 1 : 0;
      results[result] += 1;
      byReason[reason] = (byReason[reason] ?? 0) + 1;
      oldest = earlier(oldest, at);
      if (letter) letters.push(letter);
    },
    report: (stoppedBy: StoppedBy, isDryRun: boolean): QueueReport => ({
      received,
      results,
      byReason,
      stoppedBy,
      ...(oldest === undefined ? {} : { oldestAt: oldest.toISOString() }),
      ...(isDryRun ? { letters } : {}),
    }),
  };
}

export type Tally = ReturnType<typeof createTally>;
