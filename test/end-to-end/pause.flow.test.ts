import {
  GetEventSourceMappingCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { AwsClient } from 'aws4fetch';
import { afterAll, describe, expect, it } from 'vitest';
import { createClients } from '../../cli/aws.ts';
import { main as doctor } from '../../cli/doctor/program.ts';
import { main as salesforce } from '../../cli/salesforce/program.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { physicalId } from './functions.ts';
import {
  client,
  org,
  output,
  replyTo,
  reprocess,
  request,
  sqs,
  stack,
  uniqueId,
} from './harness.ts';

const lambda = new LambdaClient(client);
const UUID = await physicalId('SalesforceApiCallFunctionApiCallQueue');

const printed = async (main: typeof doctor | typeof salesforce, ...args: string[]) => {
  const lines: string[] = [];
  const write = (text: string): void => {
    lines.push(text);
  };
  const exitCode = await main([...args, '--local'], {
    print: write,
    log: write,
    prompt: undefined,
    createClients,
    send: () => Promise.reject(new Error('these commands call no org')),
    readInput: async () => '',
    runSf: async () => '',
  });
  const text = lines.join('\n');
  expect([exitCode, text]).toEqual([0, text]);
  return text;
};

const stateOfPoller = async () =>
  (await lambda.send(new GetEventSourceMappingCommand({ UUID }))).State;

/** A scheduled run, whatever is in the queues. */
const run = () => reprocess({ unattended: true, filter: { id: ['none'] } });

const contactsNamed = async (name: string) =>
  (await org.records('Contact')).filter((record) => record['LastName'] === name);

/** How often the message with this text has been received. */
const receivesOf = (text: string): Promise<string> =>
  waitFor(`the message ${text} in ApiCallQueue`, async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: output('ApiCallQueueUrl'),
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        VisibilityTimeout: 0,
      }),
    );
    const found = Messages.find(({ Body = '' }) => Body.includes(text));
    return found?.Attributes?.ApproximateReceiveCount;
  });

async function callUrl(detail: object) {
  const iam = new AwsClient({ ...client.credentials, service: 'lambda', region: stack.region });
  const init = { method: 'POST', body: JSON.stringify(detail) };
  const response = await iam.fetch(stack.functionUrls.apicall ?? '', init);
  return response.json();
}

const salesforceCommand = (...args: string[]) => printed(salesforce, ...args);

afterAll(() => salesforceCommand('resume'));

describe('npm run salesforce -- pause', () => {
  const name = uniqueId();
  const create = {
    action: 'POST',
    resource: 'sobjects',
    object: 'Contact',
    payload: { LastName: name },
  };

  it('lets requests wait and tells callers to come back, until resume', async () => {
    expect(await salesforceCommand('pause', '--reason', 'a test')).toContain('(a test)');
    const id = await request(create);
    expect(await callUrl(create)).toMatchObject({
      category: 'error',
      data: { details: { errorCode: 'NOT_NOW' } },
    });
    await run();
    // This receive is the first: the poller has not taken the message, and the run of the reprocessor left it.
    expect(await receivesOf(name)).toBe('1');
    expect(await printed(doctor)).toMatch(/warning {2}poller \w+: is paused since .* \(a test\)/);
    expect(await contactsNamed(name)).toEqual([]);
    expect(await salesforceCommand('resume')).toContain('is resumed');
    expect(await replyTo(id)).toMatchObject({ category: 'success' });
    expect(await contactsNamed(name)).toHaveLength(1);
  });
});

describe('the reprocessor', () => {
  it('keeps a pause that a deployment ends, and ends it when its time is over', async () => {
    const { result } = JSON.parse(await salesforceCommand('pause', '--for', '4s', '--json'));
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
    await run();
    expect(await stateOfPoller()).toBe('Disabled');
    await waitFor(
      'the end of the pause',
      async () => Date.now() > Date.parse(result.pause.until) || undefined,
    );
    await run();
    expect(await stateOfPoller()).toBe('Enabled');
    expect(await printed(doctor)).toMatch(/ok {7}poller \w+: is enabled/);
  });
});
