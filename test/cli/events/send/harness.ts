import {
  DescribeStackResourceCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { main } from '../../../../cli/events/program.ts';
import { type Receiver, startReceiver } from '../../../../local/receiver/receiver.ts';
import { describedStack, mockAws, type Texts } from '../../harness.ts';

/** The secret of every webhook. No command may print it. */
export const SECRET = 'canary-secret';
export const QUEUE = 'https://sqs.us-east-1.amazonaws.com/000000000000/q';

/** A stack with both webhooks. */
export const stackWith = (parameters: Texts = {}) =>
  describedStack(
    {
      EventBusName: 'bus',
      ApiCallQueueUrl: QUEUE,
      GitHubWebhookUrl: 'https://github.lambda-url.us-east-1.on.aws/',
      TwilioWebhookUrl: 'https://twilio.lambda-url.us-east-1.on.aws/',
    },
    parameters,
  );

/** A stack that accepts all that is sent to it, anew for each test of a file. */
export function useStack() {
  const aws = mockAws(stackWith());
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
  return { aws, send };
}

/** Something that answers webhooks, for the tests of a file. */
export function useReceiver() {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.close());
  let calls = 0;
  return {
    /** A path of the receiver that no other test calls. */
    address: () => {
      calls += 1;
      const path = `/${calls}`;
      const requests = () => receiver.requests.filter((request) => request.path.startsWith(path));
      const answer = (status: number) => receiver.answer(path, status);
      return { url: `${receiver.url}${path}`, answer, requests };
    },
  };
}
