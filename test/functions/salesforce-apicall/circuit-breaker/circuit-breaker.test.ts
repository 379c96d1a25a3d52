import { describe, expect, it } from 'vitest';
import type { Hold } from '../../../../functions/salesforce-apicall/circuit-breaker/circuit-breaker.ts';
import { behindBreaker } from '../../../../functions/salesforce-apicall/circuit-breaker/circuit-breaker.ts';
import { LoginError } from '../../../../functions/salesforce-apicall/errors.ts';
import { createInvokeHandler } from '../../../../functions/salesforce-apicall/invoke.ts';
import type { Outcome } from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';
import { performAround } from '../kit.ts';

const request = { action: 'GET', resource: 'limits' };

/** An HTTP caller's way to Salesforce, behind a breaker that is open, or that `opensFor` some seconds. */
function scene({ waitSeconds, opensFor }: { waitSeconds?: number; opensFor?: number }) {
  let calls = 0;
  const told: (readonly Outcome[])[] = [];
  const perform = performAround({
    call: async () => {
      calls += 1;
      throw new LoginError('invalid_grant', 400, 'inactive user');
    },
  });
  const hold: Hold = {
    ...(waitSeconds === undefined ? {} : { waitSeconds }),
    close: async (outcomes) => {
      told.push(outcomes);
      return opensFor;
    },
  };
  const invoke = createInvokeHandler({
    perform: behindBreaker(perform, async () => hold),
    replySource: 'salesforcetarget',
  });
  const send = () =>
    invoke(
      () => request,
      'invocation-1',
      () => 9_000,
    );
  return { calls: () => calls, send, told };
}

describe('a caller over HTTP', () => {
  it('is told to come back while the breaker is open, and makes no call', async () => {
    const { calls, send } = scene({ waitSeconds: 60 });
    expect(await send()).toMatchObject({
      category: 'error',
      data: { details: { retryable: true } },
    });
    expect(calls()).toBe(0);
  });

  it('who opens the breaker is told why', async () => {
    const { send, told } = scene({ opensFor: 60 });
    expect(await send()).toMatchObject({
      category: 'error',
      data: { description: 'inactive user', details: { errorCode: 'invalid_grant' } },
    });
    expect(told).toMatchObject([[{ class: 'configuration', isLogin: true }]]);
  });
});
