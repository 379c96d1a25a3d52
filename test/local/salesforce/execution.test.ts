import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Answer, useTestOrg } from './harness.ts';

const KEY = { type: 'string', length: 80, unique: true, externalId: true } as const;
const org = useTestOrg({
  schema: [{ name: 'Key__c', fields: [{ ...KEY, name: 'Ext__c', label: 'Ext' }] }],
});
beforeEach(() => org().control('POST', 'reset'));

const settings = (change: object) => org().control('PATCH', 'settings', change);
const records = async (sObject: string) =>
  (await org().control('GET', `records/${sObject}`)).body as Record<string, unknown>[];

const create = async (sObject: string, fields: object): Promise<string> => {
  const { body } = await org().rest('POST', `/sobjects/${sObject}`, fields);
  return Object(body).id;
};

const callsSoFar = async (): Promise<number> =>
  Object((await org().control('GET', 'settings')).body).apiRequestsUsed;

/**
 * Starts a request that takes `requestMs`, and waits until the org has run it. Requests after it take no time.
 * The promise is wrapped, so that awaiting this function does not await the answer.
 */
async function start(requestMs: number, send: () => Promise<Answer>) {
  const before = await callsSoFar();
  await settings({ requestMs });
  const answer = send();
  await expect.poll(callsSoFar, { interval: 2 }).toBe(before + 1);
  await settings({ requestMs: 0 });
  let isAnswered = false;
  answer.finally(() => {
    isAnswered = true;
  });
  return { answer, isAnswered: () => isAnswered };
}

const rename = (id: string, LastName: string) =>
  org().rest('PATCH', `/sobjects/Contact/${id}`, { LastName });

const LOCKED = [{ errorCode: 'UNABLE_TO_LOCK_ROW' }];

describe('the time of a call', () => {
  it('guess (no published figures): is that of the call and of each record that it writes', async () => {
    await settings({ requestMs: 100, recordMs: 150 });
    const startedAt = performance.now();
    await create('Account', { Name: 'a' });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(249);
    const readAt = performance.now();
    await org().rest('GET', '/limits');
    expect(performance.now() - readAt).toBeGreaterThanOrEqual(99);
  });

  it('passes before others see what the call wrote', async () => {
    const id = await create('Contact', { LastName: 'before' });
    const { answer } = await start(1_000, () => rename(id, 'after'));
    expect(await records('Contact')).toMatchObject([{ LastName: 'before' }]);
    const seen = await org().rest('GET', `/sobjects/Contact/${id}`);
    expect(seen.body).toMatchObject({ LastName: 'before' });
    expect((await answer).status).toBe(204);
    expect(await records('Contact')).toMatchObject([{ LastName: 'after' }]);
  });

  it('does not hide what the control API writes meanwhile', async () => {
    const deleted = await create('Contact', { LastName: 'deleted' });
    await org().rest('DELETE', `/sobjects/Contact/${deleted}`);
    const { answer } = await start(1_000, () =>
      org().rest('POST', '/sobjects/Contact', { LastName: 'in flight' }),
    );
    expect((await org().control('POST', 'undelete', { ids: [deleted] })).status).toBe(200);
    expect(await records('Contact')).toMatchObject([{ LastName: 'deleted' }]);
    await answer;
    expect(await records('Contact')).toHaveLength(2);
  });
});

describe('a locked record', () => {
  it('documented (Apex: Locking Statements): lets a second write wait, and then succeed', async () => {
    const id = await create('Contact', { LastName: 'x' });
    const first = await start(500, () => rename(id, 'first'));
    expect((await rename(id, 'second')).status).toBe(204);
    expect(first.isAnswered()).toBe(true);
    expect(await records('Contact')).toMatchObject([{ LastName: 'second' }]);
  });

  it('documented (Apex: Locking Statements): fails a second write after the time that it may wait', async () => {
    const id = await create('Contact', { LastName: 'x' });
    await settings({ lockTimeoutMs: 100 });
    const first = await start(2_000, () => rename(id, 'first'));
    const second = await rename(id, 'second');
    expect(second).toMatchObject({ status: 400, body: LOCKED });
    expect(Object(second.body)[0].message).toContain(id);
    expect(first.isAnswered()).toBe(false);
    await first.answer;
    expect(await records('Contact')).toMatchObject([{ LastName: 'first' }]);
  });

  it('documented (Apex: Locking Statements): waits for 10 seconds by default', async () => {
    expect((await org().control('GET', 'settings')).body).toMatchObject({ lockTimeoutMs: 10_000 });
  });

  it('does not hold up other records, reads, and queries', async () => {
    const id = await create('Contact', { LastName: 'x' });
    const other = await create('Contact', { LastName: 'y' });
    const first = await start(2_000, () => rename(id, 'first'));
    expect((await rename(other, 'z')).status).toBe(204);
    expect((await org().rest('GET', `/sobjects/Contact/${id}`)).status).toBe(200);
    expect(first.isAnswered()).toBe(false);
    await first.answer;
  });

  it('documented (Apex: Locking Statements): locks its parents, too', async () => {
    const AccountId = await create('Account', { Name: 'parent' });
    await settings({ lockTimeoutMs: 50 });
    const contact = (LastName: string) =>
      org().rest('POST', '/sobjects/Contact', { LastName, AccountId });
    const first = await start(1_500, () => contact('a'));
    expect(await contact('b')).toMatchObject({ status: 400, body: LOCKED });
    const account = org().rest('PATCH', `/sobjects/Account/${AccountId}`, { Name: 'n' });
    expect((await account).body).toMatchObject(LOCKED);
    expect((await first.answer).status).toBe(201);
    expect((await contact('b')).status).toBe(201);
  });

  it('documented (Apex: Locking Statements): locks the parent that it leaves', async () => {
    const AccountId = await create('Account', { Name: 'parent' });
    const id = await create('Contact', { LastName: 'x', AccountId });
    await settings({ lockTimeoutMs: 0 });
    const leave = () => org().rest('PATCH', `/sobjects/Contact/${id}`, { AccountId: null });
    const first = await start(1_000, leave);
    const account = org().rest('PATCH', `/sobjects/Account/${AccountId}`, { Name: 'n' });
    expect((await account).body).toMatchObject(LOCKED);
    expect((await first.answer).status).toBe(204);
  });

  it('guess: does not lock its owner, nor other setup records', async () => {
    await settings({ lockTimeoutMs: 0 });
    const first = await start(1_000, () =>
      org().rest('POST', '/sobjects/Account', { Name: 'owned by the same user' }),
    );
    expect(await create('Account', { Name: 'owned by the same user' })).toMatch(/^001/);
    expect((await first.answer).status).toBe(201);
  });

  it('cannot be deleted', async () => {
    const id = await create('Contact', { LastName: 'x' });
    await settings({ lockTimeoutMs: 0 });
    const first = await start(1_000, () => rename(id, 'first'));
    expect((await org().rest('DELETE', `/sobjects/Contact/${id}`)).body).toMatchObject(LOCKED);
    await first.answer;
    expect((await org().rest('DELETE', `/sobjects/Contact/${id}`)).status).toBe(204);
  });

  it('plays the fault of a record once to a request that waited', async () => {
    const id = await create('Contact', { LastName: 'x' });
    const first = await start(300, () => rename(id, 'first'));
    await org().control('POST', 'faults', { name: 'of calls', skip: 5 });
    await org().control('POST', 'faults', {
      scope: 'record',
      status: 400,
      errorCode: 'NO',
      skip: 1,
    });
    expect((await rename(id, 'second')).status).toBe(204);
    expect(first.isAnswered()).toBe(true);
    expect((await rename(id, 'third')).body).toMatchObject([{ errorCode: 'NO' }]);
  });
});

describe('locked records of a collection', () => {
  const update = (ids: readonly string[]) =>
    org().rest('PATCH', '/composite/sobjects', {
      allOrNone: false,
      records: ids.map((Id) => ({ attributes: { type: 'Contact' }, Id, LastName: 'collection' })),
    });
  const names = async () => (await records('Contact')).map(({ LastName }) => LastName);

  it('let the entire call wait', async () => {
    const ids = [
      await create('Contact', { LastName: 'x' }),
      await create('Contact', { LastName: 'y' }),
    ];
    const first = await start(400, () => rename(ids[1] ?? '', 'first'));
    expect((await update(ids)).body).toMatchObject([{ success: true }, { success: true }]);
    expect(first.isAnswered()).toBe(true);
    expect(await names()).toEqual(['collection', 'collection']);
  });

  it('fail by themselves after the time that the call may wait', async () => {
    const ids = [
      await create('Contact', { LastName: 'x' }),
      await create('Contact', { LastName: 'y' }),
    ];
    await settings({ lockTimeoutMs: 50 });
    const first = await start(1_500, () => rename(ids[0] ?? '', 'first'));
    expect((await update(ids)).body).toMatchObject([
      { success: false, errors: [{ statusCode: 'UNABLE_TO_LOCK_ROW' }] },
      { success: true },
    ]);
    expect(await names()).toEqual(['x', 'collection']);
    await first.answer;
    expect(await names()).toEqual(['first', 'collection']);
  });
});

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
