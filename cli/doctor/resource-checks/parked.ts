import type { AwsClients } from '../../aws.ts';
import { formatCount, plural } from '../../format.ts';
import { readParked } from '../../readings/parked.ts';
import { type Finding, ok, warning } from '../finding.ts';
import type { Inventory } from '../inventory.ts';

/** Finds messages that are parked until a person decides about them. */
export async function checkParked(inventory: Inventory, clients: AwsClients): Promise<Finding[]> {
  const what = 'parked messages';
  const { byReason, count, isComplete } = await readParked(inventory, clients);
  if (count === 0) return [ok(what, 'none')];
  const reasons = Object.entries(byReason).map(([reason, one]) => `${formatCount(one)} ${reason}`);
  return [
    warning(
      what,
      `${isComplete ? '' : 'at least '}${plural(count, 'message')}: ${reasons.join(', ')}`,
      'See them, each with what to do: npm run dlq -- unpark --dry-run --filter key=parked/',
    ),
  ];
}
