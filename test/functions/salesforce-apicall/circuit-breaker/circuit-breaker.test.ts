import { describe, expect, it } from 'vitest';
import { LoginError } from '../../../../functions/salesforce-apicall/errors.ts';
import { createHarness } from '../harness.ts';

const request = { action: 'GET', resource: 'limits' };

/** An HTTP caller's way to an org that refuses the login. */
function scene() {
  let calls = 0;
  const { clock, items, send } = createHarness({
    callSalesforce: async () => {
      calls += 1;
      throw new LoginError('invalid_grant', 400, 'inactive user');
    },
  });
  return { calls: () => calls, clock, items, send: () => send(() => request) };
}

describe('a caller over HTTP', () => {
  it('is told to come back while the breaker is open, and makes no call', async () => {
    const { calls, send } = scene();
    await send();
    expect(await send()).toMatchObject({
      category: 'error',
      data: { details: { errorCode: 'NOT_NOW', retryable: true } },
    });
    expect(calls()).toBe(1);
  });

  it('who opens the breaker gets the error that opened it', async () => {
    const { clock, items, send } = scene();
    expect(await send()).toMatchObject({
      category: 'error',
      data: { description: 'inactive user', details: { errorCode: 'invalid_grant' } },
    });
    expect(items.get('breaker')).toMatchObject({
      reason: { S: 'login' },
      openUntil: { N: String(clock.now + 60_000) },
    });
  });
});
