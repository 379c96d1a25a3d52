import type { DeleteMessageBatchResult } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { type BatchItemError, type BatchLimits, toBatches } from '#common/aws.ts';
import { toError } from '#common/errors.ts';

/** Sends one batch and returns one result per item, in order: `undefined` if it was accepted. May reject. */
export type SendBatch<Item> = (batch: readonly Item[]) => Promise<(BatchItemError | undefined)[]>;

/** Batches sent at the same time. */
const CONCURRENCY = 5;

/** Errors that reject a whole call although a single item can be the cause: the other items must not fail with it. */
const CAUSED_BY_ONE_ITEM = new Set([
  'BatchRequestTooLong',
  'InvalidAttributeValue',
  'InvalidMessageContents',
  'InvalidParameterValue',
  'RequestEntityTooLarge',
  'SerializationException',
  'TypeError',
  'ValidationError',
  'ValidationException',
]);

const mayBeOneItem = (results: readonly (BatchItemError | undefined)[]): boolean =>
  results.length > 1 &&
  results.every((result) => result && CAUSED_BY_ONE_ITEM.has(result.errorCode));

/**
 * Sends any number of items in as few batches as the limits allow. Each item succeeds or fails on its own: if a batch is
 * rejected as a whole and one of its items may be the cause, its items are sent one by one. Never rejects.
 *
 * @returns one result per item, in order: `undefined` if it was accepted.
 */
export async function sendInBatches<Item>(
  items: readonly Item[],
  bytes: (item: Item) => number,
  limits: BatchLimits,
  sendBatch: SendBatch<Item>,
): Promise<(BatchItemError | undefined)[]> {
  const attempt = async (batch: readonly Item[]): Promise<(BatchItemError | undefined)[]> => {
    try {
      return await sendBatch(batch);
    } catch (error) {
      return batch.map(() => ({ errorCode: toError(error).name }));
    }
  };
  const send = async (batch: readonly Item[]): Promise<(BatchItemError | undefined)[]> => {
    const results = await attempt(batch);
    if (!mayBeOneItem(results)) return results;
    return (await pMap(batch, (item) => attempt([item]), { concurrency: CONCURRENCY })).flat();
  };
  const batches = toBatches(items, bytes, limits);
  return (await pMap(batches, send, { concurrency: CONCURRENCY })).flat();
}

type BatchOutput = Pick<Partial<DeleteMessageBatchResult>, 'Successful' | 'Failed'>;

/** One result per item of an SQS batch whose ids are the indexes. An item that SQS does not confirm has failed. */
export function batchResults(
  batch: readonly unknown[],
  { Successful = [], Failed = [] }: BatchOutput,
): (BatchItemError | undefined)[] {
  const confirmed = new Set(Successful.map(({ Id }) => Id));
  const codes = new Map(Failed.map(({ Id, Code }) => [Id, Code]));
  return batch.map((_, index) =>
    confirmed.has(String(index))
      ? undefined
      : { errorCode: codes.get(String(index)) ?? 'MissingResult' },
  );
}
