import { describe, expect, it } from 'vitest';
import { details } from '../../soak/report/report.ts';
import { problemsOf, soak } from '../../soak/soak.ts';
import { stack } from './harness.ts';

/** One seed is always the same, the other one is new each time; SOAK_SEED=<the seed that was printed> repeats a run. */
const SEEDS = [20_261_125, Number(process.env['SOAK_SEED'] ?? Date.now() % 1_000_000)];

const EVENTS = 150;
const FORGERIES = 50;

describe(`${EVENTS} events through a stack that fails at every hop`, () => {
  it.each(SEEDS)(
    'are neither lost nor applied twice, and every fault is played (seed %i)',
    async (seed) => {
      console.log(`soak of seed ${seed}: npm run soak -- --events ${EVENTS} --seed ${seed}`);
      const result = await soak(stack, {
        seed,
        events: EVENTS,
        forgeries: FORGERIES,
        redeploys: false,
        signal: new AbortController().signal,
        onProgress: () => undefined,
      });
      const { reconciliation, played, unplayed } = result;
      expect({ problems: problemsOf(result), details: details(result), unplayed }).toEqual({
        problems: [],
        details: [],
        unplayed: [],
      });
      expect(reconciliation.routes.filter(({ sent }) => sent === 0)).toEqual([]);
      expect(played.length).toBeGreaterThan(10);
    },
    600_000,
  );
});
