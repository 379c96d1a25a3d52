import { posix } from 'node:path';
import { stringAttributes } from '../../../functions/common/message-attributes.ts';
import {
  type DeadLetterMessage,
  type QueueName,
  queueNames,
} from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import type { Evaluated } from '../../../functions/dlq-reprocessor/evaluate.ts';
import { listKeys, readParked } from '../../../functions/dlq-reprocessor/park/bucket.ts';
import { DROPPED, PARKED } from '../../../functions/dlq-reprocessor/park/record.ts';
import { countMessages } from '../../../functions/dlq-reprocessor/queue/queue.ts';
import { UsageError } from '../../errors.ts';
import { adviceFor } from './advice.ts';
import type { FailureDetail, FailurePlace, QueuePlace } from './failure.ts';
import { placeOf } from './places.ts';
import { readQueue } from './queue.ts';
import { evaluate, type Reader, toFailedMessage } from './reader.ts';

/** What was read of a queue in which a message was not found. */
export interface SearchedQueue {
  readonly queue: QueuePlace;
  readonly read: number;
  /** Messages that wait or are in progress: SQS shows them to nobody. */
  readonly hidden: number;
  /** False when a bound of the reading ended it: the message can be behind that. */
  readonly isEnd: boolean;
}

export interface FoundFailure {
  readonly kind: 'found';
  readonly detail: FailureDetail;
  /** For what the detail leaves out. */
  readonly evaluated: Evaluated;
}

export type FindResult =
  | FoundFailure
  | {
      readonly kind: 'not found';
      readonly queues: readonly SearchedQueue[];
      /** Keys of parked and dropped messages that were compared. */
      readonly objects: number;
    };

function attributesOf({ attributes }: DeadLetterMessage): Record<string, string> {
  const others = Object.entries(attributes).flatMap(
    ([name, { DataType, StringValue, BinaryValue }]) =>
      DataType === 'String'
        ? []
        : [
            [
              name,
              `${DataType}: ${StringValue ?? Buffer.from(BinaryValue ?? []).toString('base64')}`,
            ],
          ],
  );
  return { ...stringAttributes(attributes), ...Object.fromEntries(others) };
}

const DROPPED_ADVICE = 'None, if it was dropped on purpose. Otherwise, unpark it by its key.';

async function describe(
  message: DeadLetterMessage,
  place: FailurePlace,
  reader: Reader,
): Promise<FoundFailure | undefined> {
  const [evaluated] = await evaluate([message], reader);
  if (evaluated === undefined) return undefined;
  const failed = toFailedMessage(evaluated, place);
  const { message: text } = evaluated.facts;
  const detail = {
    ...failed,
    ...(text !== undefined && { message: text }),
    body: message.body,
    attributes: attributesOf(message),
    advice: message.parked?.dropped ? DROPPED_ADVICE : adviceFor(failed, reader.mappings),
  };
  return { kind: 'found', detail, evaluated };
}

/** Of each folder. */
const MAX_KEYS = 10_000;

/** Searches a folder of the park bucket by the ends of its keys. @returns the newest key of the message. */
async function findKey(id: string, folder: string, { clients, config }: Reader) {
  const bucket = { client: clients.s3, name: config.parkBucketName };
  const found: string[] = [];
  let compared = 0;
  let after: string | undefined;
  let hasMore = true;
  while (hasMore && compared < MAX_KEYS) {
    const page = await listKeys(bucket, folder, after, 1_000);
    compared += page.keys.length;
    found.push(...page.keys.filter((key) => posix.basename(key, '.json') === id));
    after = page.keys.at(-1);
    hasMore = page.hasMore && after !== undefined;
  }
  return { key: found.at(-1), compared };
}

async function findInQueue(id: string, name: QueueName, reader: Reader) {
  const queue = { client: reader.clients.sqs, url: reader.config.queueUrls[name] };
  const { hidden } = await countMessages(queue);
  let message: DeadLetterMessage | undefined;
  const { read, isEnd } = await readQueue(queue, async (received) => {
    message = received.find(({ messageId }) => messageId === id);
    return message !== undefined;
  });
  return { message, name, searched: { queue: placeOf(name), read, hidden, isEnd } };
}

/** Reads an object by its key; nothing if S3 has none. */
async function findObject(key: string, reader: Reader): Promise<FoundFailure | undefined> {
  const bucket = { client: reader.clients.s3, name: reader.config.parkBucketName };
  const message = await readParked(bucket, key, reader.now());
  const { errorCode } = message.parked ?? {};
  if (errorCode === 'NoSuchKey') return undefined;
  if (errorCode !== undefined) throw new UsageError(`S3 did not return ${key}: ${errorCode}.`);
  return describe(message, 'parked', reader);
}

/**
 * Finds a message with its content. By the key of a parked object or a dropped message's record; or by its id: among up to 10,000
 * keys of the park bucket, then of the records of dropped messages, then in the three queues (queue.ts: at most 20 s, and
 * everything is given back at once). Rejects with AWS's error.
 */
export async function findFailure(idOrKey: string, reader: Reader): Promise<FindResult> {
  if (idOrKey.startsWith(PARKED) || idOrKey.startsWith(DROPPED)) {
    const found = await findObject(idOrKey, reader);
    return found ?? { kind: 'not found', queues: [], objects: 1 };
  }
  const folders = await Promise.all(
    [PARKED, DROPPED].map((folder) => findKey(idOrKey, folder, reader)),
  );
  const key = folders.find((folder) => folder.key !== undefined)?.key;
  const stored = key === undefined ? undefined : await findObject(key, reader);
  if (stored) return stored;
  const queues = await Promise.all(queueNames.map((name) => findInQueue(idOrKey, name, reader)));
  for (const { message, name } of queues) {
    const found = message && (await describe(message, placeOf(name), reader));
    if (found) return found;
  }
  const objects = folders.reduce((sum, { compared }) => sum + compared, 0);
  return { kind: 'not found', queues: queues.map(({ searched }) => searched), objects };
}
