import pMap from 'p-map';
import { type BatchItemError, type BatchLimits, toBatches } from '#common/aws.ts';
import { toError } from '#common/errors.ts';

/** Sends one batch; answers one result per item, in order: `undefined` where it was taken. May reject. */
export type SendBatch<Item> = (batch: readonly Item[]) => Promise<(BatchItemError | undefined)[]>;

/** Batches that are under way at the same time. */
const CONCURRENCY = 5;

/** Codes of whole calls that a single item can be the cause of: the others must not fail with it. */
const MAY_BE_ONE = new Set([
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

const isWhole = (results: readonly (BatchItemError | undefined)[]): boolean =>
  results.length > 1 && results.every((result) => result && MAY_BE_ONE.has(result.errorCode));

/**
 * Sends any number of items in as few batches as the limits allow. Each item succeeds or fails on its own: where a
 * batch is refused as a whole for what one of its items may be, they are sent one by one. Never rejects.
 *
 * @returns one result per item, in order: `undefined` where it was taken.
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
    if (!isWhole(results)) return results;
    return (await pMap(batch, (item) => attempt([item]), { concurrency: CONCURRENCY })).flat();
  };
  const batches = toBatches(items, bytes, limits);
  return (await pMap(batches, send, { concurrency: CONCURRENCY })).flat();
}
