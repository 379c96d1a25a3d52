import {
  ChangeMessageVisibilityBatchCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import pMap from 'p-map';
import { sqsLimits, toBatches } from '#common/aws.ts';
import { attributesBytes } from '#common/message-attributes.ts';

/** A message for a queue, in place of the one that was received. */
export interface Successor {
  readonly record: SQSRecord;
  readonly attributes: Readonly<Record<string, string>>;
  readonly delaySeconds?: number;
}

export interface Delay {
  readonly record: SQSRecord;
  readonly seconds: number;
}

/** Ids of the received messages that SQS has confirmed something for. */
export type Confirmed = ReadonlySet<string>;

/** The queue's side of outcomes, in batches. Never rejects: what SQS does not confirm is missing from the answer. */
export interface Queue {
  readonly delay: (delays: readonly Delay[]) => Promise<Confirmed>;
  readonly deadLetter: (letters: readonly Successor[]) => Promise<Confirmed>;
  /** Sends messages to the queue that they came from. */
  readonly renew: (messages: readonly Successor[]) => Promise<Confirmed>;
}

/** SQS' largest message, attributes included (Developer Guide, "Message quotas"). */
const MAX_MESSAGE_BYTES = 1_048_576;

/** What is left for the attributes of a message beside its body. */
export const attributesRoom = ({ body }: SQSRecord): number =>
  MAX_MESSAGE_BYTES - Buffer.byteLength(body);

/** SQS' longest delay of a message (API Reference, "SendMessage"). */
const MAX_DELAY_SECONDS = 900;

/** Requests to SQS that are under way at the same time. */
const CONCURRENCY = 20;

interface BatchAnswer {
  readonly Successful?: readonly { readonly Id: string | undefined }[] | undefined;
}

type Numbered<Item> = readonly (Item & { readonly Id: string })[];

/** Sends items in SQS' batches; answers the message ids of those that it confirmed. */
async function inBatches<Item extends { readonly record: SQSRecord }>(
  items: readonly Item[],
  bytes: (item: Item) => number,
  send: (entries: Numbered<Item>) => Promise<BatchAnswer>,
): Promise<Confirmed> {
  const numbered = items.map((item, index) => ({ ...item, Id: String(index) }));
  const answers = await pMap(toBatches(numbered, bytes, sqsLimits), send, {
    concurrency: CONCURRENCY,
  });
  const ids = answers.flatMap(({ Successful = [] }) =>
    Successful.flatMap(({ Id }) => items[Number(Id)]?.record.messageId ?? []),
  );
  return new Set(ids);
}

const successorBytes = ({ record, attributes }: Successor): number =>
  Buffer.byteLength(record.body) + attributesBytes(attributes);

const toEntry = ({
  Id,
  record,
  attributes,
  delaySeconds,
}: Successor & { readonly Id: string }): SendMessageBatchRequestEntry => ({
  Id,
  MessageBody: record.body,
  MessageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue },
    ]),
  ),
  ...(delaySeconds === undefined
    ? {}
    : { DelaySeconds: Math.min(MAX_DELAY_SECONDS, Math.ceil(delaySeconds)) }),
});

/** @param onError is told why a batch failed as a whole, which then has confirmed nothing of what is in it. */
export function apiCallQueue(
  { queueUrl, dlqUrl }: { queueUrl: string; dlqUrl: string },
  client: SQSClient,
  onError: (error: unknown) => void,
): Queue {
  const orNothing = async (answer: () => Promise<BatchAnswer>): Promise<BatchAnswer> => {
    try {
      return await answer();
    } catch (error) {
      onError(error);
      return {};
    }
  };

  const sendTo = (QueueUrl: string) => (messages: readonly Successor[]) =>
    inBatches(messages, successorBytes, (entries) => {
      const command = new SendMessageBatchCommand({ QueueUrl, Entries: entries.map(toEntry) });
      return orNothing(() => client.send(command));
    });

  const hide = (entries: Numbered<Delay>): Promise<BatchAnswer> => {
    const Entries = entries.map(({ Id, record, seconds }) => ({
      Id,
      ReceiptHandle: record.receiptHandle,
      VisibilityTimeout: Math.ceil(seconds),
    }));
    const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries });
    return orNothing(() => client.send(command));
  };

  return {
    delay: (delays) => inBatches(delays, () => 0, hide),
    deadLetter: sendTo(dlqUrl),
    renew: sendTo(queueUrl),
  };
}
