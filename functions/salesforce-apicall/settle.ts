import pLimit from 'p-limit';
import { putEventsLimits, type RemainingMs } from '#common/aws.ts';
import type { Publish, Publishable } from '#common/events/publish.ts';
import type { FailureClass } from '#common/failure-policy.ts';
import { type AcknowledgeDependencies, createAcknowledge } from './acknowledge.ts';
import {
  type CountedOutcome,
  createDecide,
  type DecideDependencies,
  type DecidedMessage,
  type ProcessedMessage,
} from './disposition.ts';
import type { MappedCounts } from './outcome/report.ts';

export interface SettleDependencies extends DecideDependencies, AcknowledgeDependencies {
  readonly publish: Publish;
}

/** What has happened to the messages of a batch. */
interface Settled {
  /** Ids of the messages that are done with. The others stay in the queue: batch item failures. */
  readonly removed: ReadonlySet<string>;
  readonly succeeded: number;
  /** Events that no mapping matches. */
  readonly unmapped: number;
  readonly mapped: ReadonlyMap<string, MappedCounts>;
  readonly failed: readonly FailureClass[];
  readonly deadLettered: readonly FailureClass[];
}

/** Settles the messages of one batch, as the API calls of their requests end. */
export interface Settlement {
  /**
   * Decides what happens to messages, and carries it out as soon as there is enough for a PutEvents request. Pending for as long
   * as their replies would otherwise pile up. Rejects only for errors of this function.
   */
  readonly add: (processed: readonly ProcessedMessage[]) => Promise<void>;
  /** Settles what is left. The last thing to call. */
  readonly end: () => Promise<Settled>;
}

function countMapped(
  counts: Map<string, MappedCounts>,
  mapping: string | undefined,
  outcome: CountedOutcome | undefined,
): void {
  if (mapping === undefined || outcome === undefined) return;
  const { succeeded, failed } = counts.get(mapping) ?? { succeeded: 0, failed: 0 };
  const isSuccess = outcome === 'success';
  counts.set(mapping, {
    succeeded: succeeded + (isSuccess ? 1 : 0),
    failed: failed + (isSuccess ? 0 : 1),
  });
}

/** Messages whose attempts are counted at the same time. */
const CONCURRENCY = 20;

/** Whether messages are worth a request to PutEvents and SQS: they take ten items each, and PutEvents 1 MB. */
function isFull(messages: readonly DecidedMessage[]): boolean {
  const lengths = messages.map(({ disposition }) =>
    disposition.kind === 'retry' ? 0 : (disposition.reply?.detail.length ?? 0),
  );
  const bytes = lengths.reduce((sum, length) => sum + length, 0);
  return messages.length >= putEventsLimits.items || bytes >= putEventsLimits.bytes;
}

async function publishReplies(
  replies: readonly Publishable[],
  remainingMs: RemainingMs,
  { publish, log }: SettleDependencies,
): Promise<void> {
  if (replies.length === 0) return;
  const published = await publish(replies, remainingMs);
  for (const [index, result] of published.entries()) {
    if (result.outcome !== 'failed') continue;
    const replyId = replies[index]?.id ?? '';
    const line = { replyId, error: result.error };
    const counted = { values: { DeliveryFailed: 1 }, isStackWide: true } as const;
    log.error('reply not published', line, { values: { PublishFailed: 1 } }, counted);
  }
}

/**
 * Settles messages in groups: those of one API call, or of several small ones. A group's messages are retried or dead-lettered
 * (acknowledge.ts); then its replies are published; then its messages are deleted, if there are other messages left to settle.
 * (Lambda deletes the last ones without a further request.) An invocation that dies leaves to the next one only what it has not
 * settled.
 */
export function createSettle(dependencies: SettleDependencies) {
  const limit = pLimit(CONCURRENCY);
  const decide = createDecide(dependencies);
  const acknowledge = createAcknowledge(dependencies);

  /** @param count the messages of the batch. */
  return (count: number, remainingMs: RemainingMs): Settlement => {
    let left = count;
    let waiting: DecidedMessage[] = [];
    const removed = new Set<string>();
    const outcomes: CountedOutcome[] = [];
    const mapped = new Map<string, MappedCounts>();
    const deadLettered: FailureClass[] = [];

    const settle = async (): Promise<void> => {
      const group = waiting;
      waiting = [];
      const acknowledged = await acknowledge(group);
      await publishReplies(acknowledged.replies, remainingMs, dependencies);
      for (const { messageId } of acknowledged.removed) removed.add(messageId);
      deadLettered.push(...acknowledged.deadLettered);
      left -= group.length;
      if (left > 0) await dependencies.queue.delete(acknowledged.removed);
    };

    const take = async (decided: readonly DecidedMessage[]): Promise<void> => {
      outcomes.push(...decided.flatMap(({ outcome }) => outcome ?? []));
      for (const { mapping, outcome } of decided) countMapped(mapped, mapping, outcome);
      waiting.push(...decided);
      if (isFull(waiting)) await settle();
    };

    return {
      // Not by `await`, which would keep the responses (execute.ts): their replies are all that is needed.
      add: (processed) => limit.map(processed, (one) => decide(one, remainingMs)).then(take),
      end: async () => {
        await settle();
        const failed = outcomes.filter((one) => one !== 'success' && one !== 'unmapped');
        const countOf = (name: CountedOutcome) => outcomes.filter((one) => one === name).length;
        const [succeeded, unmapped] = [countOf('success'), countOf('unmapped')];
        return { removed, succeeded, unmapped, mapped, failed, deadLettered };
      },
    };
  };
}
