import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeStackResourceCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { verify } from '@octokit/webhooks-methods';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../../cli/events/program.ts';
import { type Receiver, startReceiver } from '../../../../local/receiver/receiver.ts';
import { describedStack, mockAws, type Texts } from '../../harness.ts';

const SECRET = 'canary-secret';
const QUEUE = 'https://sqs.us-east-1.amazonaws.com/000000000000/q';
const stackWith = (parameters: Texts = {}) =>
  describedStack(
    {
      EventBusName: 'bus',
      ApiCallQueueUrl: QUEUE,
      GitHubWebhookUrl: 'https://github.lambda-url.us-east-1.on.aws/',
      TwilioWebhookUrl: 'https://twilio.lambda-url.us-east-1.on.aws/',
    },
    parameters,
  );
const aws = mockAws(stackWith());
const folder = mkdtempSync(join(tmpdir(), 'send-'));
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await receiver.close();
});

beforeEach(() => {
  for (const mock of Object.values(aws.mocks)) mock.reset();
  aws.cloudFormation
    .on(DescribeStacksCommand)
    .resolves({ Stacks: [stackWith()] })
    .on(DescribeStackResourceCommand)
    .callsFake(async ({ LogicalResourceId }) => ({
      StackResourceDetail: { PhysicalResourceId: `physical-${LogicalResourceId}` },
    }));
  aws.secretsManager.on(GetSecretValueCommand).resolves({ SecretString: SECRET });
  aws.eventBridge.on(PutEventsCommand).resolves({ Entries: [{ EventId: 'event-1' }] });
  aws.sqs.on(SendMessageCommand).resolves({ MessageId: 'message-1' });
});

async function send(...args: string[]) {
  const printed: string[] = [];
  const logged: string[] = [];
  const exitCode = await main(['send', ...args], {
    print: (text) => printed.push(text),
    log: (text) => logged.push(text),
    showProgress: () => undefined,
    prompt: undefined,
    createClients: async () => aws.clients,
    stopSignal: new AbortController().signal,
    sleep: async () => undefined,
  });
  const output = [...printed, ...logged].join('\n');
  expect(output).not.toContain(SECRET);
  return { exitCode, output, printed };
}

/** A path of the receiver that no other test calls. */
let calls = 0;
const address = () => {
  calls += 1;
  const path = `/${calls}`;
  const requests = () => receiver.requests.filter((request) => request.path.startsWith(path));
  return { url: `${receiver.url}${path}`, path, requests };
};

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
    const { url, path } = address();
    receiver.answer(path, 401);
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

describe('npm run events -- send twilio', () => {
  it('signs a form as Twilio does, and prints the delivery id that the function gives it', async () => {
    const { url, requests } = address();
    const { exitCode, output } = await send(
      'twilio',
      'sms',
      '--set',
      'Body=Hi & bye',
      '--url',
      url,
    );
    const [request] = requests();
    const fields = Object.fromEntries(new URLSearchParams(request?.body));
    expect(fields).toMatchObject({ Body: 'Hi & bye', SmsStatus: 'received' });
    const signature = String(request?.headers['x-twilio-signature']);
    expect(webhooks.validateRequest(SECRET, signature, url, fields)).toBe(true);
    expect(exitCode).toBe(0);
    expect(output).toMatch(new RegExp(`delivery  ${fields['MessageSid']}-[0-9a-f]{16}\n`));
  });

  it('signs a JSON body by its digest in the URL', async () => {
    const { url, requests } = address();
    const { output } = await send(
      'twilio',
      'event-streams',
      '--set',
      '[0].id=EZ1',
      '--url',
      `${url}?a=b`,
    );
    const [request] = requests();
    const body = request?.body ?? '';
    expect(request?.path).toMatch(/\?a=b&bodySHA256=[0-9a-f]{64}$/);
    const signature = String(request?.headers['x-twilio-signature']);
    const signed = `${receiver.url}${request?.path}`;
    expect(webhooks.validateRequestWithBody(SECRET, signature, signed, body)).toBe(true);
    expect(JSON.parse(body)).toMatchObject([{ specversion: '1.0', id: 'EZ1' }]);
    expect(output).toContain('delivery  EZ1');
  });

  it('sends every kind, with new SIDs each time', async () => {
    const { printed } = await send('twilio', '--list', '--json');
    const { names } = JSON.parse(printed.join('')).result;
    for (const name of names) {
      const { url, requests } = address();
      expect((await send('twilio', name, '--url', url, '--count', '2')).exitCode).toBe(0);
      const [first, second] = requests();
      expect(first?.body).not.toBe(second?.body);
    }
  });

  it('refuses an unknown kind', async () =>
    expect((await send('twilio', 'smss')).output).toContain('Did you mean sms?'));
});

const put = () => aws.eventBridge.commandCalls(PutEventsCommand).map(({ args }) => args[0].input);

describe('npm run events -- send bus', () => {
  it('puts the event of a file on the bus of the stack, its numbers as they are', async () => {
    const file = join(folder, 'event.json');
    writeFileSync(
      file,
      '{"version":"0","id":"old","source":"shop","detail-type":"Order","resources":["r"],"detail":{"id":12345678901234567890,"a":1}}',
    );
    const { exitCode, output } = await send(
      'bus',
      file,
      '--set',
      'detail.a=2',
      '--stack-name',
      'mine',
    );
    expect(put()).toEqual([
      {
        Entries: [
          {
            EventBusName: 'bus',
            Source: 'shop',
            DetailType: 'Order',
            Detail: '{"id":12345678901234567890,"a":2}',
            Resources: ['r'],
          },
        ],
      },
    ]);
    expect([exitCode, output]).toEqual([
      0,
      'Sent Order to the bus bus\n  event     event-1\nNext: npm run events -- show event-1 --stack-name mine',
    ]);
  });

  it('tells why the bus refused it', async () => {
    aws.eventBridge.on(PutEventsCommand).resolves({
      Entries: [{ ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }],
    });
    const { exitCode, output } = await send('bus', 'events/bus-order-placed.json');
    expect([exitCode, output]).toEqual([
      1,
      expect.stringContaining('(MalformedDetail): Detail is malformed.'),
    ]);
  });

  it.each([
    ['events/apicall-bare-request.json', 'source is missing, detail-type is missing'],
    ['events/default-connection-deauthorized.json', 'only AWS sends them'],
    ['events/none.json', 'ENOENT'],
    ['README.md', 'README.md is not JSON'],
  ])('refuses %s', async (file, text) => {
    const { exitCode, output } = await send('bus', file);
    expect([exitCode, output]).toEqual([2, expect.stringContaining(text)]);
    expect(put()).toEqual([]);
  });

  it('refuses an event that is too large, before it is sent', async () => {
    const file = join(folder, 'large.json');
    const event = {
      source: 'shop',
      'detail-type': 'Order',
      detail: { text: 'x'.repeat(1_000_000) },
    };
    writeFileSync(file, JSON.stringify(event));
    expect((await send('bus', file)).output).toMatch(/has 1,000,\d{3} bytes as an event/);
    expect(put()).toEqual([]);
  });
});

describe('npm run events -- send file', () => {
  it('sends a request to ApiCallQueue', async () => {
    const { output } = await send('file', 'events/apicall-bare-request.json');
    const [call] = aws.sqs.commandCalls(SendMessageCommand);
    expect(call?.args[0].input).toMatchObject({ QueueUrl: QUEUE });
    expect(JSON.parse(call?.args[0].input.MessageBody ?? '')).toMatchObject({ action: 'POST' });
    expect(output).toContain('Next: npm run events -- show message-1');
  });

  it('invokes apicall with an HTTP request, and tells the outcome', async () => {
    const reply = {
      id: 'reply-1',
      category: 'error',
      data: { code: 'adapter-process', description: 'No.' },
    };
    aws.lambdaInvoker.on(InvokeCommand).resolves({
      Payload: Buffer.from(
        JSON.stringify({ statusCode: 200, body: JSON.stringify(reply) }),
      ) as never,
    });
    const { exitCode, output } = await send('file', 'events/apicall-http-binary.json');
    expect([exitCode, output]).toEqual([
      1,
      expect.stringContaining('The request failed (adapter-process): No.'),
    ]);
    expect(output).toContain('reply     reply-1');
  });

  it.each(['dlq-request', 'dlq-rule', 'spill-entry', 'partner-event-relay'])(
    'keeps %s from a stack on AWS',
    async (name) => {
      const { exitCode, output } = await send('file', `events/${name}.json`);
      expect([exitCode, output]).toEqual([
        2,
        expect.stringContaining('to the local stack only (--local)'),
      ]);
      expect(aws.sqs.calls()).toEqual([]);
    },
  );
});
