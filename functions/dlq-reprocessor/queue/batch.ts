import type { DeleteMessageBatchResult } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { type BatchItemError, type BatchLimits, toBatches } from '#common/aws.ts';
import { toError } from '#common/errors.ts';

/** Sends one batch and returns one result per item, in order. May reject. */
type SendBatch<Item, Result> = (batch: readonly Item[]) => Promise<(BatchItemError | Result)[]>;

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

export const isItemError = (result: unknown): result is BatchItemError =>
  typeof result === 'object' && result !== null && 'errorCode' in result;

const mayBeOneItem = (results: readonly unknown[]): boolean =>
  results.length > 1 &&
  results.every((result) => isItemError(result) && CAUSED_BY_ONE_ITEM.has(result.errorCode));

/**
 * Sends any number of items in as few batches as the limits allow. Each item succeeds or fails on its own: if a batch is
 * rejected as a whole and one of its items may be the cause, its items are sent one by one. Never rejects.
 *
 * @returns one result per item, in order: the error, or what `sendBatch` returned for an item that was accepted.
 */
export async function sendInBatches<Item, Result>(
  items: readonly Item[],
  bytes: (item: Item) => number,
  limits: BatchLimits,
  sendBatch: SendBatch<Item, Result>,
): Promise<(BatchItemError | Result)[]> {
  const attempt: SendBatch<Item, Result> = async (batch) => {
    try {
      return await sendBatch(batch);
    } catch (error) {
      return batch.map(() => ({ errorCode: toError(error).name }));
    }
  };
  const send: SendBatch<Item, Result> = async (batch) => {
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
