import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import pMap from 'p-map';
import { sqsLimits, toBatches } from '#common/aws.ts';
import type { NotMade } from '#common/idempotency-record.ts';
import { attributesBytes, toMessageAttributes } from '#common/message-attributes.ts';

/** A message to send in place of the one that was received. */
export interface ReplacementMessage {
  readonly sqsRecord: SQSRecord;
  readonly attributes: Readonly<Record<string, string>>;
  readonly delaySeconds?: number;
}

/** A received message that becomes visible again after `delaySeconds`. */
export interface Delay {
  readonly sqsRecord: SQSRecord;
  readonly delaySeconds: number;
  /** How many requests may share an API call with the message's from now on; absent: as before. */
  readonly callSize?: number | undefined;
  /** Records of this attempt, which was not made, that stay in progress. */
  readonly notMade?: NotMade | undefined;
}

/** Ids of the received messages whose action SQS has confirmed. */
export type ConfirmedIds = ReadonlySet<string>;

/** Bytes that a message's body leaves for attributes: both count in the size of a message. */
export const attributesRoom = ({ body }: SQSRecord): number =>
  sqsLimits.bytes - Buffer.byteLength(body);

/** SQS' maximum message delay (API Reference, "SendMessage"). */
const MAX_DELAY_SECONDS = 900;

/** Requests to SQS that are in flight at the same time. */
const CONCURRENCY = 20;

interface BatchResult {
  readonly Successful?: readonly { readonly Id: string | undefined }[] | undefined;
}

type Numbered<Item> = readonly (Item & { readonly Id: string })[];

/** Sends items in batches that SQS accepts. Resolves to the ids of the messages that SQS confirmed. */
async function inBatches<Item extends { readonly sqsRecord: SQSRecord }>(
  items: readonly Item[],
  bytes: (item: Item) => number,
  send: (entries: Numbered<Item>) => Promise<BatchResult>,
): Promise<ConfirmedIds> {
  const numbered = items.map((item, index) => ({ ...item, Id: String(index) }));
  const results = await pMap(toBatches(numbered, bytes, sqsLimits), send, {
    concurrency: CONCURRENCY,
  });
  const ids = results.flatMap(({ Successful = [] }) =>
    Successful.flatMap(({ Id }) => items[Number(Id)]?.sqsRecord.messageId ?? []),
  );
  return new Set(ids);
}

const replacementBytes = ({ sqsRecord, attributes }: ReplacementMessage): number =>
  Buffer.byteLength(sqsRecord.body) + attributesBytes(attributes);

const toEntry = ({
  Id,
  sqsRecord,
  attributes,
  delaySeconds,
}: ReplacementMessage & { readonly Id: string }): SendMessageBatchRequestEntry => ({
  Id,
  MessageBody: sqsRecord.body,
  MessageAttributes: toMessageAttributes(attributes),
  ...(delaySeconds === undefined
    ? {}
    : { DelaySeconds: Math.min(MAX_DELAY_SECONDS, Math.ceil(delaySeconds)) }),
});

/**
 * ApiCallQueue and its dead-letter queue, in batches. Never rejects: a message that SQS does not confirm is missing from the
 * result.
 */
export class ApiCallQueue {
  readonly #urls: { readonly queueUrl: string; readonly dlqUrl: string };
  readonly #client: SQSClient;
  readonly #onError: (error: unknown) => void;

  /** @param onError called when a batch fails as a whole: none of its messages are confirmed. */
  constructor(
    urls: { readonly queueUrl: string; readonly dlqUrl: string },
    client: SQSClient,
    onError: (error: unknown) => void,
  ) {
    this.#urls = urls;
    this.#client = client;
    this.#onError = onError;
  }

  delay(delays: readonly Delay[]): Promise<ConfirmedIds> {
    const hide = (entries: Numbered<Delay>): Promise<BatchResult> => {
      const Entries = entries.map(({ Id, sqsRecord, delaySeconds }) => ({
        Id,
        ReceiptHandle: sqsRecord.receiptHandle,
        VisibilityTimeout: Math.ceil(delaySeconds),
      }));
      const QueueUrl = this.#urls.queueUrl;
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries });
      return this.#confirmed(() => this.#client.send(command));
    };
    return inBatches(delays, () => 0, hide);
  }

  /** Deletes messages before the end of their batch. Lambda deletes those that SQS does not confirm with the others. */
  delete(records: readonly SQSRecord[]): Promise<ConfirmedIds> {
    const remove = (entries: Numbered<{ sqsRecord: SQSRecord }>): Promise<BatchResult> => {
      const Entries = entries.map(({ Id, sqsRecord }) => ({
        Id,
        ReceiptHandle: sqsRecord.receiptHandle,
      }));
      const command = new DeleteMessageBatchCommand({ QueueUrl: this.#urls.queueUrl, Entries });
      return this.#confirmed(() => this.#client.send(command));
    };
    return inBatches(
      records.map((sqsRecord) => ({ sqsRecord })),
      () => 0,
      remove,
    );
  }

  deadLetter(messages: readonly ReplacementMessage[]): Promise<ConfirmedIds> {
    return this.#send(this.#urls.dlqUrl, messages);
  }

  /** Sends messages to the queue that they came from. */
  requeue(messages: readonly ReplacementMessage[]): Promise<ConfirmedIds> {
    return this.#send(this.#urls.queueUrl, messages);
  }

  #send(QueueUrl: string, messages: readonly ReplacementMessage[]): Promise<ConfirmedIds> {
    return inBatches(messages, replacementBytes, (entries) => {
      const command = new SendMessageBatchCommand({ QueueUrl, Entries: entries.map(toEntry) });
      return this.#confirmed(() => this.#client.send(command));
    });
  }

  async #confirmed(send: () => Promise<BatchResult>): Promise<BatchResult> {
    try {
      return await send();
    } catch (error) {
      this.#onError(error);
      return {};
    }
  }
}
