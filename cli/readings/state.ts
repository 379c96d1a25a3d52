import { isOpen } from '../../functions/salesforce-apicall/circuit-breaker/state.ts';
import {
  type ApiCallState,
  BreakerTable,
} from '../../functions/salesforce-apicall/circuit-breaker/table.ts';
import type { AwsClients } from '../aws.ts';
import { type Inventory, physicalIdOf } from '../doctor/inventory.ts';

/**
 * The circuit breaker, only if it is open, and the pause, which stays after its end until the poller is on again. Rejects with
 * DynamoDB's error.
 */
export async function readState(
  inventory: Inventory,
  { dynamoDb: client }: Pick<AwsClients, 'dynamoDb'>,
): Promise<Partial<ApiCallState>> {
  const tableName = physicalIdOf(inventory, 'IdempotencyTable');
  if (tableName === undefined) return {};
  const { breaker, pause } = await new BreakerTable({ client, tableName, now: Date.now }).read();
  return {
    ...(breaker && isOpen(breaker, new Date()) && { breaker }),
    ...(pause && { pause }),
  };
}
