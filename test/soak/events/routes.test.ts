import { describe, expect, it } from 'vitest';
import { requestOf } from '../../../soak/events/requests.ts';
import { CANARY, keyPattern, planEvents, routes } from '../../../soak/events/routes.ts';
import { createRandom } from '../../../soak/random.ts';

const plan = (seed: number, count: number, first = 0) =>
  planEvents(seed, count, createRandom(seed), first);

describe('the events of a seed', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(plan(1, 500)).toEqual(plan(1, 500));
    expect(plan(1, 500)).not.toEqual(plan(2, 500));
  });

  it('are the same however many are planned at once', () => {
    expect(plan(1, 500).slice(0, 100)).toEqual(plan(1, 100));
    expect(plan(1, 500).slice(100)).toEqual(plan(1, 400, 100));
  });

  it('use every route by its share', () => {
    const byRoute = Map.groupBy(plan(7, 10_000), ({ route }) => route.name);
    expect(routes.reduce((sum, { share }) => sum + share, 0)).toBe(1_000);
    for (const { name, share } of routes) {
      const wanted = 10 * share;
      const count = byRoute.get(name)?.length ?? 0;
      expect(Math.abs(count - wanted), name).toBeLessThan(5 * Math.sqrt(wanted));
    }
    const first = plan(7, routes.length).map(({ route }) => route);
    expect(new Set(first).size).toBe(routes.length);
  });

  it('each have a key and a canary of their own, and the canary is in no key', () => {
    const events = plan(3, 2_000);
    expect(new Set(events.map(({ key }) => key)).size).toBe(2_000);
    expect(new Set(events.map(({ canary }) => canary)).size).toBe(2_000);
    for (const { key, canary } of events) {
      expect(canary.match(CANARY)).toEqual([canary]);
      expect(key).not.toMatch(CANARY);
    }
  });

  it('are found by their keys, and no other is found with them', () => {
    const [, found] = keyPattern(1).exec('urn:webhook:github:delivery:soak-1-12"') ?? [];
    expect(found).toBe('12');
    expect('soak-11-12'.match(keyPattern(1))).toBeNull();
  });
});

describe('the request of an event', () => {
  it('contains the canary in its payload alone', () => {
    for (const planned of plan(5, 3_000)) {
      const { payload: _payload, ...others } = requestOf(planned, '001000000000001AAA');
      expect(JSON.stringify(others)).not.toMatch(CANARY);
    }
  });
});
