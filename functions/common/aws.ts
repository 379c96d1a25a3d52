/**
 * Settings of every AWS client: three tries as the SDK spaces them, each bounded, so that a slow AWS endpoint
 * cannot eat a webhook sender's patience (GitHub closes the connection after 10 s).
 */
export const awsClientConfig = {
  maxAttempts: 3,
  // Without `throwOnRequestTimeout` the handler only warns, and a call that hangs takes the whole invocation along.
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};

/** How much of the invocation is left, in milliseconds: Lambda's `getRemainingTimeInMillis`. */
export type RemainingMs = () => number;

/** A call that may take less than this is not worth its request. */
const LEAST_MS = 500;

/**
 * Bounds an AWS call, its retries included, so that `reserveMs` of the invocation are left for what comes after it.
 *
 * @returns the option that every AWS SDK client's `send` takes.
 */
export const abortBefore = (
  remainingMs: RemainingMs,
  reserveMs: number,
): { abortSignal: AbortSignal } => ({
  abortSignal: AbortSignal.timeout(Math.max(Math.floor(remainingMs() - reserveMs), LEAST_MS)),
});

export interface BatchLimits {
  readonly items: number;
  readonly bytes: number;
}

/** Why one item of a batch was not taken: AWS's code for it, or the name of the error that the call ended with. */
export interface BatchItemError {
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
