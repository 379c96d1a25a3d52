import { describe, expect, it } from 'vitest';
import { useSlowOrg } from './execution-harness.ts';

const { create, org, records, rename, settings, start } = useSlowOrg();

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
