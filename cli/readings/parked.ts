import { countParked, MAX_COUNTED } from '../../functions/dlq-reprocessor/park/bucket.ts';
import type { AwsClients } from '../aws.ts';
import { type Inventory, physicalIdOf } from '../doctor/inventory.ts';

/** Parked messages, by the names of their objects: none is read. */
export interface Parked {
  readonly count: number;
  /** False when there can be more: counting stops at 10,000. */
  readonly isComplete: boolean;
  /** The most frequent first. */
  readonly byReason: Readonly<Record<string, number>>;
}

/** Rejects with S3's error. */
export async function readParked(
  inventory: Inventory,
  { s3: client }: Pick<AwsClients, 's3'>,
): Promise<Parked> {
  const name = physicalIdOf(inventory, 'ParkBucket');
  const counts = name === undefined ? {} : await countParked({ client, name });
  const reasons = Object.entries(counts).toSorted(([, one], [, other]) => other - one);
  const count = reasons.reduce((sum, [, ofReason]) => sum + ofReason, 0);
  return { count, isComplete: count < MAX_COUNTED, byReason: Object.fromEntries(reasons) };
}
