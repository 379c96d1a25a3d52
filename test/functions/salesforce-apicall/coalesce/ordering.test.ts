import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  inRounds,
  recordKey,
  shortId,
} from '../../../../functions/salesforce-apicall/coalesce/ordering.ts';

const ID = '003000000000AbC';
const key = (fields: { object?: string; record?: string }): string | undefined =>
  recordKey({ action: 'PATCH', resource: 'sobjects', ...fields });

describe('an id', () => {
  it.each([
    [ID, ID],
    [`${ID}AAI`, ID],
    [`${ID}A`, undefined],
    [`${ID}AA`, undefined],
    [`${ID}AA-`, undefined],
    [`${ID}AAIx`, undefined],
    [`x${ID}AAIx`, undefined],
    [`-${ID}`, undefined],
    [ID.slice(1), undefined],
    ['Ext__c/000000000', undefined],
    ['0', undefined],
    ['', undefined],
  ])('%s in 15 characters is %s', (record, short) => expect(shortId(record)).toBe(short));
});

describe('the key of a record', () => {
  it.each([
    [{ object: 'Contact', record: ID }, '003000000000abc'],
    [{ object: 'Account', record: `${ID}AAI` }, '003000000000abc'],
    [{ object: 'Contact', record: 'Ext__c/A' }, 'contact/ext__c/a'],
    [{ object: 'Contact' }, undefined],
    [{ record: ID }, undefined],
    [{ record: 'Ext__c/A' }, undefined],
  ])('%j is %s', (fields, expected) => expect(key(fields)).toBe(expected));
});

describe('waves', () => {
  const laneOf = (item: string): string | undefined => (item === '-' ? undefined : item);

  it('hold each lane once, in the order given, and in the first what has no lane', () => {
    expect(inRounds(['a', '-', 'b', 'a', 'c', '-', 'a', 'b'], laneOf)).toEqual([
      ['a', '-', 'b', 'c', '-'],
      ['a', 'b'],
      ['a'],
    ]);
    expect(inRounds([], laneOf)).toEqual([]);
  });

  it('are as many as the longest lane, and hold every item in the wave of its turn', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', '-')), (items) => {
        const numbered = items.map((lane, index) => ({ lane, index }));
        const waves = inRounds(numbered, ({ lane }) => laneOf(lane));
        const turnOf = ({ lane, index }: { lane: string; index: number }): number =>
          lane === '-' ? 0 : items.slice(0, index).filter((one) => one === lane).length;
        expect(waves.flat()).toHaveLength(items.length);
        for (const [turn, wave] of waves.entries()) {
          expect(wave).toEqual(numbered.filter((item) => turnOf(item) === turn));
          expect(wave.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});
