import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sendGitHub } from '../../local/demo/github.ts';
import { putSecret } from '../../local/stack/aws.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { environmentOf, setEnvironment } from './functions.ts';
import { stack, uniqueId } from './harness.ts';

const url = stack.functionUrls.github ?? '';
const deployed = stack.secrets.github;
let secretArn = '';

const ping = (secret: string) =>
  sendGitHub(url, secret, '{"zen":"Keep it logically awesome."}', 'ping');

const newSecret = (): string => `${deployed}-${uniqueId()}`;
const rotateTo = (value: string) => putSecret(stack.endpoint, secretArn, value);

/** Sends signed webhooks one after another until it is stopped. `stop` returns every status other than 202. */
function startSender(secret: string) {
  const rejected: number[] = [];
  let count = 0;
  let isStopped = false;
  const run = async (): Promise<void> => {
    while (!isStopped) {
      const { status } = await ping(secret);
      count += 1;
      if (status !== 202) rejected.push(status);
    }
  };
  const running = Promise.all([run(), run(), run()]);
  return {
    count: (): number => count,
    stop: async (): Promise<number[]> => {
      isStopped = true;
      await running;
      return rejected;
    },
  };
}

/** Waits until each sender has had 30 more webhooks answered. */
const thirtyMore = (senders: readonly { count: () => number }[]): Promise<true> => {
  const target = senders.map(({ count }) => count() + 30);
  return waitFor('more webhooks answered', async () =>
    senders.every(({ count }, index) => count() >= (target[index] ?? 0)) ? true : undefined,
  );
};

let restore: (() => Promise<unknown>) | undefined;

/** Starts the function's processes anew, so that none remembers a secret of another test. */
async function restart(PREVIOUS_SECRET_HOURS = '24'): Promise<void> {
  restore = await setEnvironment('GitHubWebhookFunction', { PREVIOUS_SECRET_HOURS });
}

beforeAll(async () => {
  secretArn = (await environmentOf('GitHubWebhookFunction'))['GITHUB_WEBHOOK_SECRET_ARN'] ?? '';
});
afterEach(async () => {
  // The other files sign with the secret that the stack was deployed with.
  await rotateTo(deployed);
  await restore?.();
});

describe('a rotation of the webhook secret', () => {
  it('rejects no webhook signed with the previous or the current secret, under load', async () => {
    const [previous, current] = [newSecret(), newSecret()];
    await rotateTo(previous);
    await restart();
    const withPrevious = startSender(previous);
    await thirtyMore([withPrevious]);
    await rotateTo(JSON.stringify({ secret: current }));
    const withCurrent = startSender(current);
    await thirtyMore([withPrevious, withCurrent]);
    expect([await withPrevious.stop(), await withCurrent.stop()]).toEqual([[], []]);
  });

  it('accepts the current and the previous secret, and not the one before', async () => {
    const [oldest, previous, current] = [newSecret(), newSecret(), newSecret()];
    for (const secret of [oldest, previous, current]) await rotateTo(secret);
    await restart();
    const answers = await Promise.all([current, previous, oldest].map(ping));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 401]);
  });

  it('rejects the previous secret where its window is 0', async () => {
    const [previous, current] = [newSecret(), newSecret()];
    for (const secret of [previous, current]) await rotateTo(secret);
    await restart('0');
    expect((await ping(current)).status).toBe(202);
    expect((await ping(previous)).status).toBe(401);
  });

  it('answers 500 with a constant text where the secret is unusable', async () => {
    await rotateTo('{"other": "field"}');
    await restart();
    expect(await ping(deployed)).toMatchObject({ status: 500, body: 'Internal Server Error' });
  });
});
