import { beforeEach, describe, expect, it } from 'vitest';
import { Sessions } from '../../../../functions/salesforce-apicall/salesforce/session.ts';
import { useTestOrg } from '../../../local/salesforce/harness.ts';
import { create } from '../scene.ts';
import { createScene, credentials } from './session-harness.ts';

const org = useTestOrg({ org: credentials });
beforeEach(() => org().control('POST', 'reset'));

describe('a session', () => {
  it('is shared by calls at the same time, and replaced once when it expires', async () => {
    const { logins, run } = createScene(org().url);
    const query = { action: 'GET', resource: 'query', query: { q: 'SELECT Id FROM Contact' } };
    await Promise.all([1, 2, 3].map(() => run(query)));
    expect(logins()).toBe(1);
    await org().control('POST', 'expire-tokens');
    const outcomes = await Promise.all([1, 2, 3].map(() => run(query)));
    expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual(['success', 'success', 'success']);
    expect(logins()).toBe(2);
  });

  it('whose replacement is refused too ends the call: no login storm', async () => {
    const { logins, run, simulated } = createScene(org().url);
    await simulated.addFault({
      match: { path: '/query' },
      status: 401,
      errorCode: 'INVALID_SESSION_ID',
      times: 50,
      after: 'before',
    });
    const { outcome } = await run({
      action: 'GET',
      resource: 'query',
      query: { q: 'SELECT Id FROM Contact' },
    });
    expect(outcome).toMatchObject({ kind: 'failure', class: 'configuration', status: 401 });
    // One for the request, and one for the query that tells whether other calls fail too.
    expect(logins()).toBe(3);
  });

  it('is replaced, and the host with it, when the org is not where it was', async () => {
    const { logins, run, simulated } = createScene(org().url);
    const match = { path: '/sobjects/Contact' };
    await simulated.addFault({ match, status: 420, times: 1, after: 'before' });
    expect((await run(create())).outcome.kind).toBe('success');
    expect(logins()).toBe(2);
    await simulated.addFault({ match, status: 420, html: '', times: 2, after: 'before' });
    expect((await run(create(), 'message-2')).outcome).toMatchObject({
      class: 'retry-later',
      status: 420,
    });
    expect(logins()).toBe(3);
  });

  it('never follows a redirect', async () => {
    const { run, simulated } = createScene(org().url);
    await simulated.addFault({
      match: { path: '/query' },
      status: 302,
      errorCode: 'MOVED',
      times: 1,
      after: 'before',
    });
    const { outcome } = await run({
      action: 'GET',
      resource: 'query',
      query: { q: 'SELECT Id FROM Contact' },
    });
    expect(outcome).toMatchObject({ kind: 'failure', status: 302 });
  });
});

describe('sessions', () => {
  function countedLogins() {
    let time = 0;
    let logins = 0;
    let isDown = false;
    const sessions = new Sessions(
      async () => {
        logins += 1;
        if (isDown) throw new Error('login refused');
        return { accessToken: `token-${logins}`, instanceUrl: 'https://x.my.salesforce.com' };
      },
      () => time,
    );
    return {
      sessions,
      logins: () => logins,
      pass: (minutes: number) => {
        time += minutes * 60_000;
      },
      fail: (down: boolean) => {
        isDown = down;
      },
    };
  }

  it('that fail at the very same time are replaced by one login', async () => {
    const { logins, sessions } = countedLogins();
    const failed = await sessions.get();
    const refreshed = await Promise.all([1, 2, 3].map(() => sessions.refresh(failed)));
    expect(refreshed.map(({ accessToken }) => accessToken)).toEqual([
      'token-2',
      'token-2',
      'token-2',
    ]);
    expect(logins()).toBe(2);
  });

  it('replaced meanwhile are not replaced again', async () => {
    const { logins, sessions } = countedLogins();
    const failed = await sessions.get();
    const refreshed = await sessions.refresh(failed);
    expect(await sessions.refresh(failed)).toBe(refreshed);
    expect(logins()).toBe(2);
  });

  it('are given up at an age of 45 minutes', async () => {
    const { logins, pass, sessions } = countedLogins();
    await sessions.get();
    pass(44);
    await sessions.get();
    expect(logins()).toBe(1);
    pass(1);
    await sessions.get();
    expect(logins()).toBe(2);
  });

  it('whose login failed are asked for anew the next time', async () => {
    const { fail, sessions } = countedLogins();
    fail(true);
    await expect(sessions.get()).rejects.toThrow('login refused');
    fail(false);
    await expect(sessions.get()).resolves.toMatchObject({ accessToken: 'token-2' });
  });
});
