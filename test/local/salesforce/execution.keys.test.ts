import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { useSlowOrg } from './execution-harness.ts';
import type { Answer } from './harness.ts';

const { org, records, settings, start } = useSlowOrg();

describe('two upserts of one new key', () => {
  const upsert = (Name: string) => org().rest('PATCH', '/sobjects/Key__c/Ext__c/race', { Name });

  it('row 29, reported (stackexchange 197382): race, and the second fails at once, naming field and record', async () => {
    const first = await start(1_000, () => upsert('first'));
    const second = await upsert('second');
    expect(first.isAnswered()).toBe(false);
    const winner = await first.answer;
    expect(winner).toMatchObject({ status: 201, body: { created: true } });
    const id = Object(winner.body).id;
    expect(second.status).toBe(400);
    expect(second.body).toEqual([
      {
        errorCode: 'DUPLICATE_VALUE',
        message: `duplicate value found: Ext__c duplicates value on record with id: ${id}`,
        fields: [],
      },
    ]);
    const again = await upsert('second');
    expect(again).toMatchObject({ status: 200, body: { id, created: false } });
  });

  it.each([
    ['go-salesforce 133', 'named', /^duplicate value found: Ext__c .* id: \w{18}$/],
    ['DLRS 788', 'short-id', /^duplicate value found: Ext__c .* id: \w{15}$/],
    ['public tests', 'unknown', /^duplicate value found: <unknown> .* id: <unknown>$/],
    ['QuotaEdit 82', 'empty', /^duplicate value found: {2}duplicates value on record with id: $/],
  ])('reported (%s): the message may be %s', async (_source, duplicateMessage, words) => {
    await settings({ duplicateMessage });
    const first = await start(500, () => upsert('first'));
    expect((await upsert('second')).body).toMatchObject([
      { errorCode: 'DUPLICATE_VALUE', message: expect.stringMatching(words) },
    ]);
    await first.answer;
  });
});

describe('concurrent calls', () => {
  const keys = fc.constantFrom('a', 'b', 'c');
  const calls = fc.array(
    fc.record({
      key: keys,
      name: fc.nat(99).map(String),
      method: fc.constantFrom('POST', 'PATCH', 'PATCH', 'DELETE'),
      requestMs: fc.nat(12),
    }),
    { minLength: 2, maxLength: 10 },
  );
  const send = (method: string, key: string, Name: string) =>
    method === 'POST'
      ? org().rest('POST', '/sobjects/Key__c', { Name, Ext__c: key })
      : org().rest(
          method,
          `/sobjects/Key__c/Ext__c/${key}`,
          method === 'PATCH' ? { Name } : undefined,
        );

  it('leave one record per key, with what a successful call wrote, and no lock', async () => {
    await fc.assert(
      fc.asyncProperty(calls, async (plan) => {
        await org().control('POST', 'reset');
        const answers: Promise<readonly [string, string, Answer]>[] = [];
        for (const { key, name, method, requestMs } of plan) {
          await settings({ requestMs });
          answers.push(send(method, key, name).then((answer) => [key, name, answer] as const));
        }
        const written = (await Promise.all(answers))
          .filter(([, , { status }]) => status === 200 || status === 201)
          .map(([key, name]) => `${key}=${name}`);
        const stored = (await records('Key__c')).map(({ Ext__c, Name }) => `${Ext__c}=${Name}`);
        expect(new Set(stored.map((text) => text[0])).size).toBe(stored.length);
        expect(written).toEqual(expect.arrayContaining(stored));
        await settings({ requestMs: 0, lockTimeoutMs: 0 });
        for (const key of ['a', 'b', 'c'])
          expect((await send('PATCH', key, 'end')).status).toBeLessThan(300);
      }),
      { numRuns: 15 },
    );
  });
});
