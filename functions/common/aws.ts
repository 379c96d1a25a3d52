/**
 * Settings of every AWS client: three attempts with the SDK's own back-off, each with a timeout. `abortBefore` limits
 * all attempts together.
 */
export const awsClientConfig = {
  maxAttempts: 3,
  // The Region's address is right for every queue; the SDK would warn of a local engine's.
  useQueueUrlAsEndpoint: false,
  // Without `throwOnRequestTimeout` the SDK only logs a warning, and a call that hangs uses up the whole invocation.
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};

/** Returns the time left in the invocation, in milliseconds: Lambda's `getRemainingTimeInMillis`. */
export type RemainingMs = () => number;

/** The shortest deadline worth a request. */
const MIN_DEADLINE_MS = 500;

/**
 * Aborts an AWS call, retries included, early enough to leave `reserveMs` of the invocation for what follows. The call
 * gets at least 500 ms; if less is left, it uses part of the reserve.
 *
 * @returns the options argument that every AWS SDK client's `send` takes.
 */
export const abortBefore = (
  remainingMs: RemainingMs,
  reserveMs: number,
): { abortSignal: AbortSignal } => ({
  abortSignal: AbortSignal.timeout(
    Math.max(Math.floor(remainingMs() - reserveMs), MIN_DEADLINE_MS),
  ),
});

export interface BatchLimits {
  readonly items: number;
  readonly bytes: number;
}

/** Why one item of a batch failed: AWS's error code for the item, or the name of the error that failed the call. */
export interface BatchItemError {
  readonly errorCode: string;
}

/** PutEvents accepts 10 entries and 1 MB per request (EventBridge User Guide, "Amazon EventBridge quotas"). */
export const putEventsLimits: BatchLimits = { items: 10, bytes: 1_000_000 };

/** SQS accepts 10 messages and 1 MiB per batch, and so per message (Developer Guide, "Amazon SQS message quotas"). */
export const sqsLimits: BatchLimits = { items: 10, bytes: 1_048_576 };

/** Splits items into consecutive batches within the limits. An item over the size limit gets a batch of its own. */
export function toBatches<Item>(
  items: readonly Item[],
  bytes: (item: Item) => number,
  limits: BatchLimits,
): Item[][] {
  const batches: Item[][] = [];
  let bytesLeft = 0;
  for (const item of items) {
    const size = bytes(item);
    const last = batches.at(-1);
    if (last && last.length < limits.items && size <= bytesLeft) last.push(item);
    else {
      batches.push([item]);
      bytesLeft = limits.bytes;
    }
    bytesLeft -= size;
  }
  return batches;
}
