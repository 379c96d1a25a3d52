import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { verify } from '@octokit/webhooks-methods';
import { describe, expect, it } from 'vitest';
import { startReceiver } from '../../../../local/receiver/receiver.ts';
import { describedStack } from '../../harness.ts';
import { SECRET, stackWith, useReceiver, useStack } from './harness.ts';

const { aws, send } = useStack();
const { address } = useReceiver();

describe('npm run events -- send github', () => {
  it('signs as GitHub does, with the secret of the stack, and tells what to do next', async () => {
    const { url, requests } = address();
    const { exitCode, output } = await send(
      ...['github', 'issues.opened', '--set', 'issue.title=Hi', '--url', url],
    );
    const [request] = requests();
    expect(request?.headers).toMatchObject({
      'x-github-event': 'issues',
      'content-type': 'application/json',
    });
    expect(
      await verify(SECRET, request?.body ?? '', String(request?.headers['x-hub-signature-256'])),
    ).toBe(true);
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      action: 'opened',
      issue: { title: 'Hi' },
    });
    const delivery = String(request?.headers['x-github-delivery']);
    expect(exitCode).toBe(0);
    expect(output).toBe(
      [
        `Sent GitHub's issues.opened webhook to ${url}`,
        '  answer    200 {}',
        `  delivery  ${delivery}`,
        `Next: npm run events -- show ${delivery}`,
      ].join('\n'),
    );
    expect(aws.secretsManager.commandCalls(GetSecretValueCommand)[0]?.args[0].input).toEqual({
      SecretId: 'physical-GitHubSigningSecret',
    });
  });

  it('reads the secret that the parameter names, as text or as JSON', async () => {
    aws.cloudFormation
      .on(DescribeStacksCommand)
      .resolves({ Stacks: [stackWith({ GitHubWebhookSecretArn: 'arn:given' })] });
    aws.secretsManager
      .on(GetSecretValueCommand, { SecretId: 'arn:given' })
      .resolves({ SecretString: '{"secret":"other"}' });
    const { url, requests } = address();
    await send('github', 'push', '--url', url, '--delivery', 'my-delivery');
    const [request] = requests();
    expect(
      await verify('other', request?.body ?? '', String(request?.headers['x-hub-signature-256'])),
    ).toBe(true);
    expect(request?.headers['x-github-delivery']).toBe('my-delivery');
  });

  it('sends many, each with an id of its own, and counts the answers', async () => {
    const { url, requests } = address();
    const { printed } = await send('github', 'ping', '--count', '25', '--url', url, '--json');
    const deliveries = requests().map(({ headers }) => headers['x-github-delivery']);
    expect(new Set(deliveries).size).toBe(25);
    const { command, ok, result } = JSON.parse(printed.join(''));
    expect([command, ok, result.sent]).toEqual(['events send github', true, 25]);
    expect(result.receipts.flatMap(({ ids }: { ids: string[] }) => ids).sort()).toEqual(
      deliveries.sort(),
    );
    const text = await send('github', 'ping', '--count', '25', '--url', url);
    expect(text.output).toContain(
      `Sent 25 × GitHub's ping webhook to ${url}\n  answers   25 × 200\n  ids       `,
    );
  });

  it('explains an answer that is no success, and fails', async () => {
    const { url, answer } = address();
    answer(401);
    const { exitCode, output } = await send('github', 'ping', '--url', url);
    expect(exitCode).toBe(1);
    expect(output).toContain(
      "GitHub's webhook was answered 401. The function refused the signature",
    );
    expect(output).not.toContain('Next:');
  });

  it('says that nothing answers', async () => {
    const closed = await startReceiver();
    await closed.close();
    const { exitCode, output } = await send('github', 'ping', '--url', closed.url);
    expect([exitCode, output]).toEqual([
      1,
      expect.stringContaining(`Nothing answers at ${closed.url} (ECONNREFUSED).`),
    ]);
  });

  it.each([
    [['isues.opened'], 'Did you mean issues.opened?'],
    [['issues.opend'], 'Of issues there are issues.assigned, issues.deleted'],
    [[], 'Name the webhook to send, such as issues.opened.'],
    [['issues.opened', '--set', 'issue.titel=x'], 'Did you mean title?'],
    [['ping', '--count', '2', '--delivery', 'x'], '--delivery is for one webhook'],
    [['ping', '--count', '10001'], 'from 1 to 10,000'],
    [['ping', '--url', 'ftp://x'], 'Pass a URL'],
  ])('refuses %j', async (args, text) => {
    const { exitCode, output } = await send('github', ...args);
    expect([exitCode, output]).toEqual([2, expect.stringContaining(text)]);
  });

  it('names the parameter when the stack has no such webhook', async () => {
    aws.cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [describedStack({})] });
    const { exitCode, output } = await send('github', 'ping');
    expect([exitCode, output]).toEqual([
      2,
      expect.stringContaining('deploy it with GitHubWebhookSecret'),
    ]);
  });

  it('lists the examples, and finds every one of them', async () => {
    const { printed } = await send('github', '--list', '--json');
    const { names } = JSON.parse(printed.join('')).result;
    expect(names).toEqual(expect.arrayContaining(['issues.opened', 'push', 'push#2']));
    expect(names.length).toBeGreaterThan(300);
  });
});
