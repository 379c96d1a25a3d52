import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendGitHub } from '../../local/demo/github.ts';
import { localClient, putSecret } from '../../local/stack/aws.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { environmentOf, setEnvironment } from './functions.ts';
import { stack } from './kit.ts';

const url = stack.functionUrls.github ?? '';
const old = stack.secrets.github;
const fresh = `${old}-rotated`;
const ping = (secret: string) =>
  sendGitHub(url, secret, '{"zen":"Keep it logically awesome."}', 'ping');
let secretArn = '';

const newestVersion = async (): Promise<string> => {
  const client = new SecretsManagerClient(localClient(stack.endpoint));
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  return SecretString ?? '';
};

/** Sends signed webhooks one after another until told to stop; answers every status that was not 202. */
function load(secretOf: () => string) {
  const refused: number[] = [];
  let count = 0;
  let isStopped = false;
  const run = async (): Promise<void> => {
    while (!isStopped) {
      const { status } = await ping(secretOf());
      count += 1;
      if (status !== 202) refused.push(status);
    }
  };
  const running = Promise.all([run(), run(), run()]);
  return {
    count: (): number => count,
    stop: async (): Promise<number[]> => {
      isStopped = true;
      await running;
      return refused;
    },
  };
}

const more = (senders: readonly { count: () => number }[]): Promise<true> => {
  const target = senders.map(({ count }) => count() + 30);
  return waitFor('more webhooks answered', async () =>
    senders.every(({ count }, index) => count() >= (target[index] ?? 0)) ? true : undefined,
  );
};

beforeAll(async () => {
  secretArn = (await environmentOf('GitHubWebhookFunction'))['GITHUB_WEBHOOK_SECRET_ARN'] ?? '';
});
// The stack's other suites sign with the secret that it was deployed with.
afterAll(() => putSecret(stack.endpoint, secretArn, old));

describe('while the secret rotates under load', () => {
  it('nothing is refused that is signed with the old or the new secret', async () => {
    const withOld = load(() => old);
    await more([withOld]);
    await putSecret(stack.endpoint, secretArn, fresh);
    expect(await newestVersion()).toBe(fresh);
    const withNew = load(() => fresh);
    await more([withOld, withNew]);
    expect([await withOld.stop(), await withNew.stop()]).toEqual([[], []]);
  });

  it('a JSON secret takes over from a plain one', async () => {
    await putSecret(stack.endpoint, secretArn, JSON.stringify({ secret: `${fresh}-2` }));
    await waitFor('a webhook signed with the new secret', async () =>
      (await ping(`${fresh}-2`)).status === 202 ? true : undefined,
    );
    expect((await ping(fresh)).status).toBe(202);
    expect((await ping(old)).status).toBe(401);
  });

  it('the previous secret is refused where its window is 0', async () => {
    const restore = await setEnvironment('GitHubWebhookFunction', { PREVIOUS_SECRET_HOURS: '0' });
    expect((await ping(`${fresh}-2`)).status).toBe(202);
    expect((await ping(fresh)).status).toBe(401);
    await restore();
  });

  it('an unusable secret is 500 with a constant text, and the log names it', async () => {
    await putSecret(stack.endpoint, secretArn, '{"other": "field"}');
    const restore = await setEnvironment('GitHubWebhookFunction', { PREVIOUS_SECRET_HOURS: '1' });
    expect(await ping(old)).toMatchObject({ status: 500, body: 'Internal Server Error' });
    await restore();
  });
});
