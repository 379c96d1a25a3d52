import { randomUUID } from 'node:crypto';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  UpdateStackCommand,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { type Message, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { expect } from 'vitest';
import { type BusEvent, observeBus } from '../../local/demo/observer.ts';
import { createReprocessor, openQueue, redriveOne } from '../../local/demo/queues.ts';
import { simulatedOrg } from '../../local/demo/salesforce.ts';
import { localClient } from '../../local/stack/aws.ts';
import * as running from '../../local/stack/redeploy.ts';
import { readStack } from '../../local/stack/stack-file.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { parameters } from './parameters.ts';

/**
 * All files of this project share one stack. A test therefore marks what it sends with `uniqueId()` and looks for that mark:
 * never for the first message of a queue, the only record of an object or the depth of a queue.
 */
export const uniqueId = (): string => randomUUID().slice(0, 13);

export const stack = await readStack();

export const client = localClient(stack.endpoint);
export const events = new EventBridgeClient(client);
const s3 = new S3Client({ ...client, forcePathStyle: true });
export const sqs = new SQSClient(client);

export const output = (key: string): string => {
  const value = stack.outputs[key];
  if (value === undefined) throw new Error(`The stack has no output ${key}`);
  return value;
};

export const org = simulatedOrg(stack.salesforce.url);
export const queues = {
  requests: openQueue(stack.endpoint, output('ApiCallQueueUrl')),
  apicall: openQueue(stack.endpoint, output('ApiCallDlqUrl')),
  rule: openQueue(stack.endpoint, output('RuleDlqUrl')),
  spill: openQueue(stack.endpoint, output('SpillQueueUrl')),
};
export const observer = await observeBus(stack.endpoint, output('EventBusName'));
export const reprocess = createReprocessor(stack.endpoint, output('DlqReprocessorFunctionName'));

/** Deploys the last build with these values of parameters; all others are those of the tests. Takes the SAM CLI some seconds. */
export const redeploy = (changed: Readonly<Record<string, string>>): Promise<void> =>
  running.redeploy(stack, { ...parameters, ...changed });

const cloudFormation = new CloudFormationClient(client);

/** Updates the stack to these values of parameters. Its template and all other parameters stay as they are. */
export async function changeParameters(changed: Readonly<Record<string, string>>): Promise<void> {
  const StackName = stack.stackName;
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
  const update = new UpdateStackCommand({
    StackName,
    UsePreviousTemplate: true,
    // A template with a transform needs both.
    Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'],
    Parameters: (Stacks[0]?.Parameters ?? []).map(({ ParameterKey = '' }) => {
      const ParameterValue = changed[ParameterKey];
      return ParameterValue === undefined
        ? { ParameterKey, UsePreviousValue: true }
        : { ParameterKey, ParameterValue };
    }),
  });
  await cloudFormation.send(update);
  await waitUntilStackUpdateComplete(
    { client: cloudFormation, maxWaitTime: 120, minDelay: 1, maxDelay: 1 },
    { StackName },
  );
}

type Source = 'apicall' | 'rule' | 'spill';

const ruleOf = ({ MessageAttributes }: Message): string =>
  MessageAttributes?.['RULE_ARN']?.StringValue ?? '';

/** Waits for the message with `mark` in its body in a queue that the reprocessor reads; of one rule, where one is given. */
export const messageIn = (queue: Source, mark: string, rule = ''): Promise<Message> =>
  waitFor(`the message ${mark} of ${rule || 'any rule'} in the ${queue} queue`, async () => {
    const messages = await queues[queue].messages(mark);
    return messages.find((message) => ruleOf(message).includes(rule));
  });

/** Has the reprocessor handle one message, whatever else is in the queue; asserts what it did and that the message is gone. */
export async function reprocessOne(
  queue: Source,
  message: Message,
  result: 'redriven' | 'parked' = 'redriven',
): Promise<void> {
  const report = await reprocess(redriveOne(queue, message));
  expect(report?.queues?.[queue]?.results).toMatchObject({ [result]: 1 });
  const remaining = await queues[queue].messages(message.Body ?? '');
  expect(remaining.filter(({ MessageId }) => MessageId === message.MessageId)).toEqual([]);
}

export const REQUEST = 'io.triggermesh.salesforce.apicall';

/** Puts an event on a bus. @returns its id. */
async function put(
  source: string,
  detailType: string,
  detail: unknown,
  busName = output('EventBusName'),
): Promise<string> {
  const entry = {
    EventBusName: busName,
    Source: source,
    DetailType: detailType,
    Detail: JSON.stringify(detail),
  };
  const { Entries } = await events.send(new PutEventsCommand({ Entries: [entry] }));
  return Entries?.[0]?.EventId ?? '';
}

/** Puts a request event on the bus. @returns its id. */
export const request = (detail: object, detailType = REQUEST): Promise<string> =>
  put('test', detailType, detail);

/** Puts an event of `events/` on a bus with another detail. @returns its id. */
export const send = (
  event: Readonly<Record<string, unknown>>,
  detail: unknown,
  busName?: string,
): Promise<string> => put(String(event['source']), String(event['detail-type']), detail, busName);

/** A response event's detail: the reply as a CloudEvent. */
export interface Reply {
  readonly category: string;
  readonly processedid: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const toReply = ({ detail }: BusEvent): Reply => Object(detail);

export async function replyTo(requestId: string): Promise<Reply> {
  const event = await waitFor(`the response event for ${requestId}`, () =>
    observer.find(
      (candidate) =>
        candidate['detail-type'] === `${REQUEST}.response` &&
        toReply(candidate).processedid === requestId,
    ),
  );
  return toReply(event);
}

/** The objects of a bucket below a prefix. */
export async function readObjects(
  bucket: string,
  prefix: string,
): Promise<{ key: string; text: string }[]> {
  const keys: string[] = [];
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix });
  for await (const { Contents = [] } of pages) keys.push(...Contents.map(({ Key = '' }) => Key));
  const read = async (key: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return { key, text: (await Body?.transformToString()) ?? '' };
  };
  return pMap(keys, read, { concurrency: 20 });
}

/** Sends a dead-letter message, with its `Failure` attribute where one is given. */
export const sendMessage = (queueUrl: string, body: string, failure?: string) =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: body,
      ...(failure === undefined
        ? {}
        : { MessageAttributes: { Failure: { DataType: 'String', StringValue: failure } } }),
    }),
  );
