import { countMessages } from '../../functions/dlq-reprocessor/queue/queue.ts';
import type { QueueCounts } from '../../functions/dlq-reprocessor/report.ts';
import type { AwsClients } from '../aws.ts';
import { type Inventory, physicalIdOf } from '../doctor/inventory.ts';

/** The queues that messages wait or fail in, by their logical ids in template.yaml. */
export const queueNames = ['ApiCallQueue', 'ApiCallDlq', 'RuleDlq', 'SpillQueue'] as const;
export type QueueName = (typeof queueNames)[number];

/** SQS's approximate counts of a queue. */
export interface QueueDepth extends QueueCounts {
  readonly name: QueueName;
  /** Seconds; absent when nothing waits, or AWS has no figure yet. */
  readonly oldestAgeSeconds?: number;
}

/** Of messages, none of which is received. Rejects with SQS's error. */
export async function readDepth(
  inventory: Inventory,
  { sqs: client }: Pick<AwsClients, 'sqs'>,
  name: QueueName,
): Promise<QueueDepth> {
  const url = physicalIdOf(inventory, name) ?? '';
  return { name, ...(await countMessages({ client, url })) };
}

/** The messages of a queue, whether or not they can be received at the moment. */
export const totalOf = ({ visible, hidden, delayed }: QueueCounts): number =>
  visible + hidden + delayed;
