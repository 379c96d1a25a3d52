import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { localClient } from '../stack/aws.ts';

/** The `Failure` attribute of a dead-letter message. */
export interface Failure {
  readonly class: string;
  readonly errorCode: string;
  readonly message: string;
  readonly attempts: number;
}

/** @returns the message's `Failure` attribute, `undefined` where it has none. */
export function failureOf({ MessageAttributes }: Message): Failure | undefined {
  const text = MessageAttributes?.['Failure']?.StringValue;
  return text === undefined ? undefined : JSON.parse(text);
}

export interface NewMessage {
  readonly body: string;
  /** Text attributes. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Batches of SQS and EventBridge hold ten entries. */
export const chunksOfTen = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / 10) }, (_, index) =>
    items.slice(index * 10, index * 10 + 10),
  );

const toEntry = ({ body, attributes = {} }: NewMessage, index: number) => ({
  Id: String(index),
  MessageBody: body,
  MessageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue },
    ]),
  ),
});

/** Seconds for which a message is hidden from other receivers while the queue is being read. */
const READ_SECONDS = 30;

/** How many messages are where. */
interface Depth {
  readonly visible: number;
  readonly hidden: number;
  readonly delayed: number;
}

const toDepth = (attributes: Readonly<Record<string, string>>): Depth => ({
  visible: Number(attributes['ApproximateNumberOfMessages']),
  hidden: Number(attributes['ApproximateNumberOfMessagesNotVisible']),
  delayed: Number(attributes['ApproximateNumberOfMessagesDelayed']),
});

/** One queue of the local stack, which others may use at the same time. */
export function openQueue(endpoint: string, QueueUrl: string) {
  const sqs = new SQSClient(localClient(endpoint));

  const receive = async (): Promise<Message[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        VisibilityTimeout: READ_SECONDS,
      }),
    );
    return Messages;
  };

  const release = (messages: readonly Message[]) => {
    const Entries = messages.map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    return sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  };

  const sendTen = (some: readonly NewMessage[]) =>
    sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: some.map(toEntry) }));

  return {
    send: (messages: readonly NewMessage[]) =>
      pMap(chunksOfTen(messages), sendTen, { concurrency: 4 }),
    /** The visible messages whose body contains `text`. Every message stays in the queue and can be received. */
    messages: async (text: string): Promise<Message[]> => {
      const batches: Message[][] = [];
      for (let batch = await receive(); batch.length > 0; batch = await receive())
        batches.push(batch);
      for (const batch of batches) await release(batch);
      return batches.flat().filter(({ Body = '' }) => Body.includes(text));
    },
    /** The counts that SQS gives as approximate; the local engine's are exact. */
    depth: async (): Promise<Depth> => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      return toDepth(Attributes);
    },
    purge: () => sqs.send(new PurgeQueueCommand({ QueueUrl })),
  };
}

export type Queue = ReturnType<typeof openQueue>;

/** All messages of a queue, whether or not they can be received at the moment. */
export async function countMessages(queue: Queue): Promise<number> {
  const { visible, hidden, delayed } = await queue.depth();
  return visible + hidden + delayed;
}

interface QueueReport {
  readonly results: Readonly<Record<'redriven' | 'parked' | 'waiting' | 'refused', number>>;
  readonly byReason: Readonly<Record<string, number>>;
}

/** What the local tools read in the reprocessor's report. */
export interface ReprocessorReport {
  readonly queues?: Readonly<Partial<Record<'apicall' | 'rule' | 'spill', QueueReport>>>;
  readonly parked?: QueueReport;
  readonly durationMs: number;
}

/** An invocation may last two minutes; it is never repeated by the SDK, since each one moves messages. */
const INVOCATION = { maxAttempts: 1, requestHandler: { requestTimeout: 150_000 } };

/**
 * @returns a function that invokes the reprocessor with a command. It answers the report, and `undefined` where the
 * invocation failed.
 */
export function createReprocessor(endpoint: string, FunctionName: string) {
  const lambda = new LambdaClient({ ...localClient(endpoint), ...INVOCATION });
  return async (command: object): Promise<ReprocessorReport | undefined> => {
    const { Payload = new Uint8Array(), FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify(command) }),
    );
    return FunctionError === undefined ? JSON.parse(Buffer.from(Payload).toString()) : undefined;
  };
}

/** The command that redrives one message and no other. */
export const redriveOne = (queue: 'apicall' | 'rule' | 'spill', { MessageId }: Message) => ({
  queue,
  filter: { id: [MessageId] },
});
