import { describe, expect, it } from 'vitest';
import { poisonFaults } from '../../local/faults/salesforce-faults.ts';
import { details } from '../../soak/report/report.ts';
import { problemsOf, soak } from '../../soak/soak.ts';
import { stack } from './harness.ts';

/** A new seed each time; SOAK_SEED=<the seed that was printed> repeats a run. */
const SEED = Number(process.env['SOAK_SEED'] ?? Date.now() % 1_000_000);

const EVENTS = 250;
const FORGERIES = 50;

describe(`${EVENTS} events through a stack that fails at every hop`, () => {
  it(`are neither lost nor applied twice, and every fault is played (seed ${SEED})`, async () => {
    console.log(`soak of seed ${SEED}: npm run soak -- --events ${EVENTS} --seed ${SEED}`);
    const result = await soak(stack, {
      seed: SEED,
      events: EVENTS,
      forgeries: FORGERIES,
      maxRedrives: 2,
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
    expect(played.map(({ fault, hop }) => `${hop}: ${fault}`)).toEqual(
      expect.arrayContaining([
        ...poisonFaults().map(({ name }) => name),
        'CloudEvents receiver: answered 404',
      ]),
    );
  }, 600_000);
});
