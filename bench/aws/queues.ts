import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod/mini';

const entrySchema = z.looseObject({
  Id: z.optional(z.string()),
  MessageBody: z.optional(z.string()),
  MessageAttributes: z.optional(z.unknown()),
  ReceiptHandle: z.optional(z.string()),
});
const requestSchema = z.looseObject({
  QueueUrl: z.string(),
  MaxNumberOfMessages: z._default(z.number(), 1),
  Entries: z._default(z.array(entrySchema), []),
});
type Entry = z.infer<typeof entrySchema>;

interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes: Readonly<Record<string, string>>;
  readonly MessageAttributes?: unknown;
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

const toMessage = ({ MessageBody = '', MessageAttributes }: Entry): Message => ({
  MessageId: randomUUID(),
  ReceiptHandle: randomUUID(),
  Body: MessageBody,
  MD5OfBody: md5(MessageBody),
  Attributes: { SentTimestamp: String(Date.now()) },
  ...(MessageAttributes === undefined ? {} : { MessageAttributes }),
});

/** Queues, created on first use. Received messages stay invisible. */
function createStore() {
  const waiting = new Map<string, Message[]>();
  const hidden = new Set<string>();
  const queueOf = (url: string): Message[] => {
    const queue = waiting.get(url) ?? [];
    waiting.set(url, queue);
    return queue;
  };

  const send = (url: string, entry: Entry) => {
    const message = toMessage(entry);
    queueOf(url).push(message);
    return {
      Id: entry.Id,
      MessageId: message.MessageId,
      MD5OfMessageBody: message.MD5OfBody,
    };
  };
  const receive = (url: string, max: number): Message[] => {
    const received = queueOf(url).splice(0, max);
    for (const { ReceiptHandle } of received) hidden.add(ReceiptHandle);
    return received;
  };
  const remove = (_url: string, { Id, ReceiptHandle = '' }: Entry) => {
    hidden.delete(ReceiptHandle);
    return { Id };
  };
  const attributesOf = (url: string) => ({
    ApproximateNumberOfMessages: String(queueOf(url).length),
    ApproximateNumberOfMessagesNotVisible: String(hidden.size),
    ApproximateNumberOfMessagesDelayed: '0',
  });
  return { attributesOf, receive, remove, send };
}

const batch = (body: unknown, each: (url: string, entry: Entry) => object) => {
  const { QueueUrl, Entries } = requestSchema.parse(body);
  return { Successful: Entries.map((entry) => each(QueueUrl, entry)), Failed: [] };
};

/** The part of SQS that a redrive needs. */
export function createQueues() {
  const { attributesOf, receive, remove, send } = createStore();
  return {
    'AmazonSQS.SendMessage': (body: unknown) =>
      send(requestSchema.parse(body).QueueUrl, entrySchema.parse(body)),
    'AmazonSQS.SendMessageBatch': (body: unknown) => batch(body, send),
    'AmazonSQS.ReceiveMessage': (body: unknown) => {
      const { QueueUrl, MaxNumberOfMessages } = requestSchema.parse(body);
      return { Messages: receive(QueueUrl, MaxNumberOfMessages) };
    },
    'AmazonSQS.DeleteMessage': (body: unknown) => {
      remove('', entrySchema.parse(body));
      return {};
    },
    'AmazonSQS.DeleteMessageBatch': (body: unknown) => batch(body, remove),
    'AmazonSQS.ChangeMessageVisibilityBatch': (body: unknown) =>
      batch(body, (_url, { Id }) => ({ Id })),
    'AmazonSQS.GetQueueAttributes': (body: unknown) => ({
      Attributes: attributesOf(requestSchema.parse(body).QueueUrl),
    }),
  };
}
