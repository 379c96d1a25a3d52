import { describe, expect, it } from 'vitest';
import { details } from '../../soak/report/tables.ts';
import { faultsOf, soak } from '../../soak/soak.ts';
import { stack } from './harness.ts';

/** One seed is always the same, the other one is new each time; a run again: SOAK_SEED=<seed that was printed>. */
const SEEDS = [20_261_125, Number(process.env['SOAK_SEED'] ?? Date.now() % 1_000_000)];

const EVENTS = 150;
const FORGERIES = 50;

describe(`${EVENTS} events through a stack that is broken at every hop`, () => {
  it.each(SEEDS)(
    'are neither lost nor applied twice (seed %i)',
    async (seed) => {
      console.log(`soak of seed ${seed}: npm run soak -- --events ${EVENTS} --seed ${seed}`);
      const soaked = await soak(stack, {
        seed,
        events: EVENTS,
        forgeries: FORGERIES,
        redeploys: false,
        signal: new AbortController().signal,
        onProgress: () => undefined,
      });
      expect({ faults: faultsOf(soaked), details: details(soaked) }).toEqual({
        faults: [],
        details: [],
      });
      expect(soaked.account.rows.filter(({ sent }) => sent === 0)).toEqual([]);
      expect(soaked.played.length).toBeGreaterThan(10);
    },
    120_000,
  );
});
