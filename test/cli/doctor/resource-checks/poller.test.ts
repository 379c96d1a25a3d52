import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { doctor, healthyStack } from '../harness.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A stack that is paused from and until some time from now, with messages in its queue. */
async function pausedStack(sinceMs: number, untilMs: number, State: string) {
  const stack = healthyStack();
  const at = (ms: number) => ({ N: String(Date.now() + ms) });
  const pause = { since: at(sinceMs), until: at(untilMs), reason: { S: 'release' } };
  stack.dynamoDb.on(GetItemCommand).resolves({ Item: { pause: { M: pause } } });
  stack.lambda.on(GetEventSourceMappingCommand).resolves({ State });
  const queue = { QueueUrl: 'ApiCallQueue' };
  const before = await stack.clients.sqs.send(
    new GetQueueAttributesCommand({ ...queue, AttributeNames: ['All'] }),
  );
  const Attributes = {
    ...before.Attributes,
    ApproximateNumberOfMessages: '10',
    ApproximateNumberOfMessagesNotVisible: '2',
  };
  stack.sqs.on(GetQueueAttributesCommand, queue).resolves({ Attributes });
  return stack;
}

describe('the poller during a pause', () => {
  it('is a warning with start, end, reason and messages, and no failure', async () => {
    const { exitCode, output } = await doctor(await pausedStack(-HOUR, HOUR, 'Disabled'));
    expect(output).toMatch(
      /warning {2}poller \w+: is paused since \S+Z, until \S+Z \(release\); 12 messages in ApiCallQueue; what has waited since its beginning expires at \S+Z$/m,
    );
    expect(output).toContain('→ To end the pause now: npm run salesforce -- resume');
    expect(exitCode).toBe(0);
  });

  it('that a deployment has started is said to run', async () => {
    const { output } = await doctor(await pausedStack(-HOUR, HOUR, 'Enabled'));
    expect(output).toMatch(/warning {2}poller \w+: .*the poller is not off yet/);
  });

  it('is a failure when requests are about to expire', async () => {
    const { exitCode, output } = await doctor(await pausedStack(-12 * DAY, DAY, 'Disabled'));
    expect(output).toMatch(/failed {3}poller \w+: is paused since/);
    expect(exitCode).toBe(1);
  });
});

describe('the poller after a pause', () => {
  it.each([
    ['a warning before the next run of the reprocessor', -60_000, /warning {2}poller \w+: is off/],
    [
      'a failure if no run has started it',
      -HOUR,
      /failed {3}poller \w+: is off, although the pause/,
    ],
  ])('is %s', async (_what, until, expected) => {
    expect((await doctor(await pausedStack(-2 * HOUR, until, 'Disabled'))).output).toMatch(
      expected,
    );
  });

  it('is enabled, whether or not the pause has been removed', async () => {
    const { output } = await doctor(await pausedStack(-2 * HOUR, -HOUR, 'Enabled'));
    expect(output).toMatch(/ok {7}poller \w+: is enabled/);
  });
});
