import type { Facts } from './envelope/facts.ts';
import type { ParkReason, QueueName } from './names.ts';

/** What one dead letter came to, or would come to; `skipped` - the filter does not hold. */
export type Result = 'redriven' | 'parked' | 'waiting' | 'skipped' | 'refused' | 'failed';

/** Why a slice of a queue ended. */
export type StoppedBy = 'empty' | 'limit' | 'time' | 'waits';

/** SQS' approximate counts of the messages in a queue. */
export interface Left {
  readonly visible: number;
  readonly hidden: number;
  readonly delayed: number;
}

/** What a dry run tells of one letter; `message` is there in a preview only. */
export interface Letter extends Facts {
  readonly messageId: string;
  readonly sentAt: string;
  readonly kind: 'rule' | 'request' | 'entry' | 'unknown' | 'parked';
  readonly decision: 'redrive' | 'wait' | 'park' | 'refuse' | 'skip';
  /** A park reason, or words. */
  readonly reason: string;
  readonly why: string;
  /** When its next try is due. */
  readonly until?: string;
  readonly redrives: number;
  /** Of the parked object. */
  readonly key?: string;
}

export interface QueueReport {
  readonly received: number;
  readonly results: Readonly<Record<Result, number>>;
  /** Counts by decision or park reason. */
  readonly byReason: Readonly<Record<string, number>>;
  /** At the end; absent for parked objects. */
  readonly left?: Left;
  readonly stoppedBy: StoppedBy;
  /** When the oldest letter that was seen came into its queue, or was parked. */
  readonly oldestAt?: string;
  /** Dry runs only. */
  readonly letters?: readonly Letter[];
}

/** What an invocation did; the function's answer. */
export interface Report {
  readonly action: string;
  readonly dryRun: boolean;
  readonly queues?: Readonly<Partial<Record<QueueName, QueueReport>>>;
  /** unpark: what became of the parked objects; status: how many there are of each reason. */
  readonly parked?: QueueReport | Readonly<Partial<Record<ParkReason, number>>>;
  readonly sqsCalls: number;
  readonly durationMs: number;
  /** There may be more: call again with it. */
  readonly cursor?: string;
}
