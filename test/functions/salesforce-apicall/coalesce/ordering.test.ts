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

describe('rounds', () => {
  const keyOf = (item: string): string | undefined => (item === '-' ? undefined : item);

  it('hold each ordering key once, in the order given, and items without a key in the first', () => {
    expect(inRounds(['a', '-', 'b', 'a', 'c', '-', 'a', 'b'], keyOf)).toEqual([
      ['a', '-', 'b', 'c', '-'],
      ['a', 'b'],
      ['a'],
    ]);
    expect(inRounds([], keyOf)).toEqual([]);
  });

  it('are as many as the most frequent key has items, and hold every item in the round of its turn', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', '-')), (items) => {
        const numbered = items.map((key, index) => ({ key, index }));
        const rounds = inRounds(numbered, ({ key }) => keyOf(key));
        const turnOf = ({ key, index }: { key: string; index: number }): number =>
          key === '-' ? 0 : items.slice(0, index).filter((one) => one === key).length;
        expect(rounds.flat()).toHaveLength(items.length);
        for (const [turn, round] of rounds.entries()) {
          expect(round).toEqual(numbered.filter((item) => turnOf(item) === turn));
          expect(round.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});
