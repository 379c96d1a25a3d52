import { beforeEach, describe, expect, it } from 'vitest';
import { useTestOrg } from '../../../local/salesforce/harness.ts';
import { create } from '../scene.ts';
import { createScene, credentials } from './session-harness.ts';

const org = useTestOrg({ org: credentials });
beforeEach(() => org().control('POST', 'reset'));

describe('one effect per event', () => {
  it('a delivery that comes twice creates once and gets the same answer', async () => {
    const { run, simulated } = createScene(org().url);
    const { outcome } = await run(create());
    expect((await run(create())).outcome).toEqual(outcome);
    expect(await simulated.records('Contact')).toHaveLength(1);
  });

  it('a create that Salesforce refused may be tried again', async () => {
    const { run, simulated } = createScene(org().url);
    await simulated.addFault({
      match: { path: 'Contact' },
      status: 400,
      errorCode: 'UNABLE_TO_LOCK_ROW',
      times: 1,
      after: 'before',
    });
    expect((await run(create())).outcome).toMatchObject({ class: 'retry-soon' });
    expect((await run(create())).outcome.kind).toBe('success');
  });

  it('a create whose answer was lost is never made again', async () => {
    const { run, simulated } = createScene(org().url);
    await simulated.addFault({
      match: { path: 'Contact' },
      reset: true,
      times: 1,
      after: 'commit',
    });
    expect((await run(create())).outcome).toMatchObject({ class: 'outcome-unknown' });
    expect((await run(create())).outcome).toMatchObject({ class: 'outcome-unknown' });
    expect(await simulated.records('Contact')).toHaveLength(1);
  });

  it.each(['body', 'stream'] as const)(
    'a create whose answer breaks off (%s) is never made again',
    async (truncate) => {
      const { run, simulated } = createScene(org().url);
      const match = { path: 'Contact' };
      await simulated.addFault({ match, truncate, times: 1, after: 'commit' });
      // Its status, 201, has come: only the id is not known.
      const created = { kind: 'success', status: 201 };
      expect((await run(create())).outcome).toMatchObject(created);
      expect((await run(create())).outcome).toMatchObject(created);
      expect(await simulated.records('Contact')).toHaveLength(1);
    },
  );

  it('an upsert whose answer was lost is made again, with one record in the end', async () => {
    const { run, simulated } = createScene(org().url);
    const upsert = {
      action: 'PATCH',
      resource: 'sobjects',
      object: 'Contact',
      record: 'Ext__c/1',
      payload: { LastName: 'U' },
    };
    await simulated.addFault({
      match: { path: 'Contact' },
      reset: true,
      times: 1,
      after: 'commit',
    });
    expect((await run(upsert)).outcome).toMatchObject({ class: 'retry-soon' });
    expect((await run(upsert)).outcome).toMatchObject({ kind: 'success', status: 200 });
    expect(await simulated.records('Contact')).toHaveLength(1);
  });
});
