import { describe, expect, it } from 'vitest';
import { PERMANENT_CODE } from '../../local/chaos/apicall-faults.ts';
import { keptByEvent } from '../../soak/account/kept.ts';
import { reconcile } from '../../soak/account/reconcile.ts';
import type { Planned } from '../../soak/events/plan.ts';
import type { Sent } from '../../soak/events/send.ts';
import { ways } from '../../soak/events/ways.ts';

const wayOf = (name: string) => {
  const way = ways.find((one) => one.name === name);
  if (way === undefined) throw new Error(`No way ${name}`);
  return way;
};

const planned = (index: number, name = 'bus: guarded create'): Planned => ({
  index,
  way: wayOf(name),
  key: `soak-1-${index}`,
  word: `canary${String(index).padStart(20, '0')}`,
});

const sent = (one: Planned, state: Sent['state'] = 'accepted'): Sent => ({
  planned: one,
  state,
  tries: 1,
});

const parked = (index: number, reason: string, errorCode = '') => ({
  reason,
  body: JSON.stringify({ idempotencyKey: `soak-1-${index}` }),
  attributes: { Failure: JSON.stringify({ errorCode }) },
});

function account(
  some: readonly Sent[],
  counts: readonly (readonly [Planned, number])[],
  letters: readonly ReturnType<typeof parked>[] = [],
) {
  const words = new Map(counts.map(([{ word }, count]) => [word, count]));
  const contents = { words, ids: new Set(['record']) };
  const targets = new Map([[9, 'record']]);
  return reconcile(some, { contents, kept: keptByEvent(letters, 1), targets });
}

const one = planned(1);

describe('an event that was accepted', () => {
  it('is well in Salesforce once', () => {
    expect(account([sent(one)], [[one, 1]])).toMatchObject({ lost: [], twice: [], odd: [] });
  });

  it('is lost when it is neither in Salesforce nor parked', () => {
    expect(account([sent(one)], []).lost).toEqual(['bus: guarded create: soak-1-1']);
  });

  it('is applied twice when two records hold its word', () => {
    expect(account([sent(one)], [[one, 2]]).twice).toEqual(['bus: guarded create: soak-1-1']);
  });

  it('is kept when it is parked, for a reason that a fault accounts for', () => {
    const { lost, odd, rows } = account(
      [sent(one)],
      [],
      [parked(1, 'OUTCOME_UNKNOWN', 'OUTCOME_UNKNOWN')],
    );
    expect({ lost, odd }).toEqual({ lost: [], odd: [] });
    expect(rows.find(({ way }) => way === 'bus: guarded create')?.parked).toEqual({
      'OUTCOME_UNKNOWN OUTCOME_UNKNOWN': 1,
    });
  });

  it('is not found in the letter of another whose number begins alike', () => {
    expect(account([sent(one)], [], [parked(12, 'OUTCOME_UNKNOWN')]).lost).toHaveLength(1);
  });

  it.each([
    ['bus: guarded create', 'PERMANENT', 'MALFORMED_ID'],
    ['bus: upsert', 'OUTCOME_UNKNOWN', 'OUTCOME_UNKNOWN'],
    ['bus: guarded create', 'UNKNOWN_ENVELOPE', ''],
  ])('%s, parked as %s %s, is odd', (name, reason, errorCode) => {
    const other = planned(2, name);
    expect(account([sent(other)], [], [parked(2, reason, errorCode)]).odd).toHaveLength(1);
  });

  it('may be parked for what Salesforce was told to refuse', () => {
    expect(account([sent(one)], [], [parked(1, 'PERMANENT', PERMANENT_CODE)]).odd).toEqual([]);
  });
});

describe('what its sender still owns', () => {
  it.each(['told', 'refused'] as const)('%s: is not lost', (state) => {
    expect(account([sent(one, state)], []).lost).toEqual([]);
  });
});

describe('a deletion', () => {
  const gone = planned(8, 'bus: delete');
  const there = planned(9, 'bus: delete');

  it('is applied when its record is gone, lost when it is not', () => {
    const { lost, rows } = account([sent(gone), sent(there)], []);
    expect(lost).toEqual(['bus: delete: soak-1-9']);
    expect(rows.find(({ way }) => way === 'bus: delete')?.applied).toBe(1);
  });

  it('that came twice may have found its record gone', () => {
    expect(account([sent(gone)], [], [parked(8, 'PERMANENT', 'ENTITY_IS_DELETED')]).odd).toEqual(
      [],
    );
  });
});

describe('a platform event', () => {
  it('that EventBridge delivered again is counted, and is no fault of the stack', () => {
    const event = planned(5, 'API destination: platform event');
    const { twice, rows } = account([sent(event)], [[event, 2]]);
    expect(twice).toEqual([]);
    expect(rows.reduce((sum, { repeated }) => sum + repeated, 0)).toBe(1);
  });
});
