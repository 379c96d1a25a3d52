import { describe, expect, it } from 'vitest';
import { compileMappings } from '../../../build/mappings/read.ts';
import { matchesPattern } from '../../../functions/salesforce-apicall/mapping/pattern.ts';
import { enabledMappings } from '../../../functions/salesforce-apicall/mapping/select.ts';
import { eventOf, madeBy } from '../../../soak/events/executions.ts';
import { requestOf } from '../../../soak/events/requests.ts';
import { CANARY, executions, keyPattern, planEvents, routes } from '../../../soak/events/routes.ts';
import { createRandom } from '../../../soak/random.ts';

const plan = (seed: number, count: number, first = 0) =>
  planEvents({ seed, count, random: createRandom(seed), first });

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

describe('the event of an execution', () => {
  const events = planEvents({ seed: 5, count: 300, random: createRandom(5), among: executions });

  it('is one that its mapping is for', async () => {
    const mappings = await compileMappings('.');
    for (const planned of events) {
      const { source, type, detail } = eventOf(planned);
      const [mapping] = enabledMappings(mappings, [planned.route.execution?.mapping ?? '']);
      const event = { id: '1', source, 'detail-type': type, resources: [], detail };
      expect(mapping && matchesPattern(mapping.on, event), planned.route.name).toBe(true);
    }
  });

  it('names no key but its own, so that no other event is taken for it', () => {
    for (const planned of events) {
      const text = JSON.stringify(eventOf(planned).detail);
      const keys = new Set([...text.matchAll(keyPattern(5))].map(([, index]) => Number(index)));
      expect([...keys].filter((index) => index !== planned.index)).toEqual([]);
    }
  });

  it('is found by the records that it makes', () => {
    expect(madeBy(5).exec('"Number__c":"order-5-12"')?.[1]).toBe('12');
    expect(madeBy(5).exec('"Subject":"Return soak-5-7"')?.[1]).toBe('7');
    expect(madeBy(5).exec('soak-55-7')).toBeNull();
  });

  it('returns orders that there are, and that there are not', () => {
    const orders = new Set(
      events.flatMap(({ index, route }) =>
        route.execution?.mapping === 'order-to-records' ? [index] : [],
      ),
    );
    const returned = events.flatMap(({ returns, route }) =>
      route.execution?.mapping === 'return-to-case' ? [orders.has(returns)] : [],
    );
    expect(new Set(returned)).toEqual(new Set([true, false]));
  });
});
