export interface BatchLimits {
  readonly items: number;
  readonly bytes: number;
}

/** Why one item of a batch was not taken: AWS's code for it, or the name of the error that the call ended with. */
export interface Refusal {
  readonly errorCode: string;
}

/** PutEvents takes 10 entries and 1 MB per request (EventBridge User Guide, "Amazon EventBridge quotas"). */
export const putEventsLimits: BatchLimits = { items: 10, bytes: 1_000_000 };

/** SQS takes 10 messages and 1 MiB per batch, and so per message (Developer Guide, "Amazon SQS message quotas"). */
export const sqsLimits: BatchLimits = { items: 10, bytes: 1_048_576 };

/** Splits into consecutive batches within the limits; an item over the size limit gets a batch of its own. */
export function toBatches<Item>(
  items: readonly Item[],
  bytes: (item: Item) => number,
  limits: BatchLimits,
): Item[][] {
  const batches: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const size = bytes(item);
    const last = batches.at(-1);
    if (last && last.length < limits.items && size <= room) last.push(item);
    else {
      batches.push([item]);
      room = limits.bytes;
    }
    room -= size;
  }
  return batches;
}
