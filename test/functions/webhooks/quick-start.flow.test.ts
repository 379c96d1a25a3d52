import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { createGitHubHarness, createTwilioHarness, githubEvent, twilioEvent } from './harness.ts';
import { githubRows } from './quick-start/github.ts';
import { type Behaviour, failure, type Row } from './quick-start/rows.ts';
import { twilioRows } from './quick-start/twilio.ts';

const isSame = (row: Row): boolean => JSON.stringify(row.ours) === JSON.stringify(row.quickStart);

async function behaviourOf(
  { entries, post }: ReturnType<typeof createGitHubHarness>,
  event: LambdaFunctionURLEvent,
): Promise<Behaviour> {
  const { status, body } = await post(event);
  return { status, body, ...entries[0] };
}

describe.each([
  ['GitHub', createGitHubHarness, () => githubEvent('{}'), githubRows],
  ['Twilio', createTwilioHarness, () => twilioEvent([['Body', 'héllo']]), twilioRows],
] as const)("a webhook of %s, against AWS's quick start", (_, createHarness, makeEvent, rows) => {
  it.each(rows.map((row) => [row.change, row.what, row] as const))(
    '%s: %s',
    async (change, _what, row) => {
      expect(await behaviourOf(createHarness(), await row.request())).toMatchObject(row.ours);
      expect(isSame(row)).toBe(change === 'kept');
    },
  );

  it('is accepted if the bus rejects the event', async () => {
    const outcome = {
      outcome: 'spilled',
      messageId: 'spilled-1',
      errorCode: 'InternalFailure',
    } as const;
    expect((await behaviourOf(createHarness({ outcome }), await makeEvent())).status).toBe(202);
  });

  it('is answered with 500 and no reason if the secret cannot be read', async () => {
    const response = await behaviourOf(
      createHarness({ secretError: new Error('no') }),
      await makeEvent(),
    );
    expect(response).toMatchObject(failure);
  });
});
