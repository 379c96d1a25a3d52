import { describe, expect, it } from 'vitest';
import { createResumptions } from '../../../soak/reconcile/resumptions.ts';

const get = (id: string) => ({
  operation: 'DynamoDB_20120810.GetItem',
  body: JSON.stringify({ Key: { id: { S: id } } }),
});

const put = (id: string, version: number) => ({
  operation: 'DynamoDB_20120810.PutItem',
  body: JSON.stringify({
    Item: { id: { S: id } },
    ExpressionAttributeValues: { ':version': { N: String(version) } },
  }),
});

const countOf = (...calls: ReturnType<typeof get>[]): number => {
  const resumptions = createResumptions();
  resumptions.read(calls);
  return resumptions.count();
};

describe('an execution', () => {
  it('is resumed when an invocation goes on from a record of another one', () =>
    expect(countOf(put('execution/a', 0), get('execution/a'), put('execution/a', 1))).toBe(1));

  it('counts once, however often it is resumed', () =>
    expect(
      countOf(get('execution/a'), put('execution/a', 1), get('execution/a'), put('execution/a', 2)),
    ).toBe(1));

  it.each([
    ['one invocation has written both', [put('execution/a', 0), put('execution/a', 1)]],
    ['there was no record', [get('execution/a'), put('execution/a', 0), put('execution/a', 1)]],
    ['the record is another', [get('execution/a'), put('execution/b', 1)]],
    ['the record is not of an execution', [get('a'), put('a', 1)]],
  ])('is not resumed when %s', (_why, calls) => expect(countOf(...calls)).toBe(0));
});
