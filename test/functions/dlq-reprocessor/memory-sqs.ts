import { randomUUID } from 'node:crypto';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { stringAttributes } from '../../../functions/common/message-attributes.ts';
import type { DeadLetterMessage } from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import { call, type Faults, noFaults } from './faults.ts';

interface Held {
  readonly message: DeadLetterMessage;
  visibleAt: number;
  handle: string;
}

const toSdkMessage = ({ message, handle }: Held): Message => ({
  MessageId: message.messageId,
  ReceiptHandle: handle,
  Body: message.body,
  MessageAttributes: { ...message.attributes },
  Attributes: { SentTimestamp: String(message.sentAt.getTime()) },
});

/** A standard queue in memory, on a clock of its own. */
export class MemoryQueue {
  readonly held: Held[];
  readonly #clock: () => number;
  /** Replaces a receive of at most `max` messages, if it returns some or throws. */
  onReceive: (max: number) => readonly Message[] | undefined = () => undefined;
  /** Calls of ChangeMessageVisibilityBatch. */
  hides = 0;

  constructor(messages: readonly DeadLetterMessage[], clock: () => number) {
    this.held = messages.map((message) => ({ message, visibleAt: 0, handle: '' }));
    this.#clock = clock;
  }

  ids = (): string[] => this.held.map(({ message }) => message.messageId);

  receive(max: number, seconds: number): readonly Message[] {
    const replaced = this.onReceive(max);
    if (replaced) return replaced;
    const ready = this.held.filter(({ visibleAt }) => visibleAt <= this.#clock()).slice(0, max);
    return ready.map((one) => {
      one.visibleAt = this.#clock() + seconds * 1000;
      one.handle = randomUUID();
      return toSdkMessage(one);
    });
  }

  remove(handle: string): void {
    const index = this.held.findIndex((one) => one.handle === handle);
    if (index >= 0) this.held.splice(index, 1);
  }

  hide(handle: string, seconds: number): void {
    const one = this.held.find((other) => other.handle === handle);
    if (one) one.visibleAt = this.#clock() + seconds * 1000;
  }

  counts() {
    const visible = this.held.filter(({ visibleAt }) => visibleAt <= this.#clock()).length;
    return { visible, hidden: this.held.length - visible };
  }
}

interface Entry {
  readonly Id: string;
  readonly ReceiptHandle: string;
  readonly VisibilityTimeout: number;
}

const confirmed = (Entries: readonly Entry[]) => ({
  Successful: Entries.map(({ Id }) => ({ Id, MessageId: `sent-${Id}` })),
});

const toAttributes = ({ visible, hidden }: ReturnType<MemoryQueue['counts']>) => ({
  ApproximateNumberOfMessages: String(visible),
  ApproximateNumberOfMessagesNotVisible: String(hidden),
  ApproximateNumberOfMessagesDelayed: '0',
});

/** An SQS client over queues in memory. Messages that are sent to any other queue are kept in `sent`. */
export function memorySqs(
  queues: Readonly<Record<string, MemoryQueue>>,
  faults: Faults = noFaults,
) {
  const client = new SQSClient({ region: 'us-east-1' });
  const sent: { body: string; attributes: Record<string, string>; all: object }[] = [];
  const sqs = { client, sent, calls: 0 };
  const mock = mockClient(client);
  const on = (url: string): MemoryQueue => {
    const queue = queues[url];
    if (queue === undefined) throw new Error(`no queue ${url}`);
    return queue;
  };
  const counted = <Result>(operation: string, effect: () => Result): Result => {
    sqs.calls += 1;
    return call(faults, operation, effect);
  };
  mock.on(ReceiveMessageCommand).callsFake(({ QueueUrl, MaxNumberOfMessages, VisibilityTimeout }) =>
    counted('receive', () => ({
      Messages: on(QueueUrl).receive(MaxNumberOfMessages, VisibilityTimeout),
    })),
  );
  mock.on(DeleteMessageBatchCommand).callsFake(({ QueueUrl, Entries }) =>
    counted('remove', () => {
      for (const { ReceiptHandle } of Entries) on(QueueUrl).remove(ReceiptHandle);
      return confirmed(Entries);
    }),
  );
  mock.on(ChangeMessageVisibilityBatchCommand).callsFake(({ QueueUrl, Entries }) =>
    counted('hide', () => {
      on(QueueUrl).hides += 1;
      for (const { ReceiptHandle, VisibilityTimeout } of Entries)
        on(QueueUrl).hide(ReceiptHandle, VisibilityTimeout);
      return confirmed(Entries);
    }),
  );
  mock.on(GetQueueAttributesCommand).callsFake(({ QueueUrl }) => {
    sqs.calls += 1;
    return { Attributes: toAttributes(on(QueueUrl).counts()) };
  });
  mock.on(SendMessageBatchCommand).callsFake(({ Entries }) =>
    counted('send', () => {
      for (const { MessageBody: body, MessageAttributes: all } of Entries)
        sent.push({ body, attributes: stringAttributes(all), all });
      return confirmed(Entries);
    }),
  );
  return sqs;
}
