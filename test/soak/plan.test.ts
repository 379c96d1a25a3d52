import { describe, expect, it } from 'vitest';
import { createDice } from '../../soak/dice.ts';
import { keyPattern, planEvents, WORD } from '../../soak/events/plan.ts';
import { assignTargets, requestOf } from '../../soak/events/requests.ts';
import { ways } from '../../soak/events/ways.ts';

const plan = (seed: number, count: number) => planEvents(seed, count, createDice(seed));

describe('the events of a seed', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(plan(1, 500)).toEqual(plan(1, 500));
    expect(plan(1, 500)).not.toEqual(plan(2, 500));
  });

  it('begin alike, however many there are', () => {
    expect(plan(1, 500).slice(0, 100)).toEqual(plan(1, 100));
  });

  it('go every way in, in the shares that are given', () => {
    const events = plan(7, 10_000);
    const byWay = Map.groupBy(events, ({ way }) => way.name);
    const total = ways.reduce((sum, { share }) => sum + share, 0);
    for (const { name, share } of ways) {
      const wanted = (10_000 * share) / total;
      const count = byWay.get(name)?.length ?? 0;
      expect(Math.abs(count - wanted), name).toBeLessThan(5 * Math.sqrt(wanted));
    }
    expect(new Set(plan(7, ways.length).map(({ way }) => way)).size).toBe(ways.length);
  });

  it('each have a key and a word of their own, and the word is in no key', () => {
    const events = plan(3, 2_000);
    expect(new Set(events.map(({ key }) => key)).size).toBe(2_000);
    expect(new Set(events.map(({ word }) => word)).size).toBe(2_000);
    for (const { key, word } of events) {
      expect(word.match(WORD)).toEqual([word]);
      expect(key).not.toMatch(WORD);
    }
  });

  it('are found by their keys, and no other is found with them', () => {
    const [, found] = keyPattern(1).exec('urn:webhook:github:delivery:soak-1-12"') ?? [];
    expect(found).toBe('12');
    expect('soak-11-12'.match(keyPattern(1))).toBeNull();
  });
});

describe('the requests of events', () => {
  const events = plan(5, 3_000);

  it('keep the word out of everything but the payload', () => {
    for (const planned of events) {
      const { payload: _payload, ...others } = requestOf(planned, '001000000000001AAA').data;
      expect(JSON.stringify(others)).not.toMatch(WORD);
    }
  });

  it('are about one record each, where they change or delete one', () => {
    const needing = events.filter(({ way }) => ['update', 'delete'].includes(way.kind ?? ''));
    const byObject = Map.groupBy(needing, ({ way }) => way.object);
    const targets = new Map(
      [...byObject].map(([object, of]) => [object, of.map(({ key }) => `${object} of ${key}`)]),
    );
    const assigned = assignTargets(events, targets);
    expect([...assigned.keys()].toSorted((a, b) => a - b)).toEqual(
      needing.map(({ index }) => index),
    );
    expect(new Set(assigned.values()).size).toBe(needing.length);
  });
});
