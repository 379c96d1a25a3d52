import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { deadLetterQueue, reprocess } from '../../local/demo/dead-letter-queue.ts';
import { type BusEvent, observeBus } from '../../local/demo/observer.ts';
import { simulatedOrg } from '../../local/demo/salesforce.ts';
import { localClient } from '../../local/stack/aws.ts';
import { readStack } from '../../local/stack/stack-file.ts';
import { waitFor } from '../../local/stack/wait.ts';

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
export const apiCallDlq = deadLetterQueue(stack.endpoint, output('ApiCallDlqUrl'));
export const ruleDlq = deadLetterQueue(stack.endpoint, output('RuleDlqUrl'));
export const observer = await observeBus(stack.endpoint, output('EventBusName'));

export const runReprocessor = () => reprocess(stack.endpoint, output('DlqReprocessorFunctionName'));

export const REQUEST = 'io.triggermesh.salesforce.apicall';

/** Puts a request event on the bus; answers its id. */
export async function request(detail: object, detailType = REQUEST): Promise<string> {
  const entry = {
    EventBusName: output('EventBusName'),
    Source: 'test',
    DetailType: detailType,
    Detail: JSON.stringify(detail),
  };
  const { Entries } = await events.send(new PutEventsCommand({ Entries: [entry] }));
  return Entries?.[0]?.EventId ?? '';
}

/** Puts an event on the bus as it stands in `events/`, but for what changes; answers its id. */
export async function send(
  event: Readonly<Record<string, unknown>>,
  detail: unknown,
  busName = output('EventBusName'),
): Promise<string> {
  const entry = {
    EventBusName: busName,
    Source: String(event['source']),
    DetailType: String(event['detail-type']),
    Detail: JSON.stringify(detail),
  };
  const { Entries } = await events.send(new PutEventsCommand({ Entries: [entry] }));
  return Entries?.[0]?.EventId ?? '';
}

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

/** The objects below a prefix, those written since `since` alone where it is given. */
export async function readObjects(
  bucket: string,
  prefix: string,
  since = new Date(0),
): Promise<{ key: string; text: string }[]> {
  const keys: string[] = [];
  for await (const page of paginateListObjectsV2(
    { client: s3 },
    { Bucket: bucket, Prefix: prefix },
  ))
    for (const { Key = '', LastModified = since } of page.Contents ?? [])
      if (LastModified >= since) keys.push(Key);
  return pMap(
    keys,
    async (key) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return { key, text: (await Body?.transformToString()) ?? '' };
    },
    { concurrency: 20 },
  );
}

/** Sends a message as it stands in a dead-letter queue: with its reason, if it has one. */
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

export async function receive(queueUrl: string) {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
      VisibilityTimeout: 0,
    }),
  );
  return Messages;
}
