import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { AwsClients } from '../../aws.ts';
import { formatCount, plural } from '../../format.ts';
import { type Finding, ok, warning } from '../finding.ts';
import { type Inventory, physicalIdOf } from '../inventory.ts';

/** S3 lists up to 1,000 objects in a page; more than ten pages is a number that nobody needs exactly. */
const MAX_PAGES = 10;

/** Counts the parked messages by reason, from the names of their objects; none is read. */
async function countParked(Bucket: string, { s3: client }: AwsClients) {
  const counts = new Map<string, number>();
  let pages = 0;
  for await (const { Contents = [], IsTruncated = false } of paginateListObjectsV2(
    { client },
    { Bucket, Prefix: 'parked/' },
  )) {
    for (const { Key = '' } of Contents) {
      const [, reason = ''] = Key.split('/');
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    pages += 1;
    if (pages === MAX_PAGES) return { counts, isComplete: !IsTruncated };
  }
  return { counts, isComplete: true };
}

/** Finds messages that are parked until a person decides about them. */
export async function checkParked(inventory: Inventory, clients: AwsClients): Promise<Finding[]> {
  const what = 'parked messages';
  const bucket = physicalIdOf(inventory, 'ParkBucket');
  if (bucket === undefined) return [];
  const { counts, isComplete } = await countParked(bucket, clients);
  const reasons = [...counts].toSorted(([, one], [, other]) => other - one);
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return [ok(what, 'none')];
  const byReason = reasons.map(([reason, count]) => `${formatCount(count)} ${reason}`).join(', ');
  return [
    warning(
      what,
      `${isComplete ? '' : 'at least '}${plural(total, 'message')}: ${byReason}`,
      'See them, each with what to do: npm run dlq -- unpark --dry-run --filter key=parked/',
    ),
  ];
}
