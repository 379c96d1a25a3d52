import type { BreakerState } from '../../../functions/salesforce-apicall/circuit-breaker/state.ts';
import type { AwsClients } from '../../aws.ts';
import { readState } from '../../readings/state.ts';
import { type Finding, failed, ok } from '../finding.ts';
import type { Inventory } from '../inventory.ts';

const held: Readonly<Record<BreakerState['scope'], string>> = {
  all: 'every request waits',
  writes: 'requests that write wait',
  creates: 'requests that create records wait',
};

/** Finds a circuit breaker that is open: Salesforce refuses the login, or calls for a limit. */
export async function checkBreaker(inventory: Inventory, clients: AwsClients): Promise<Finding[]> {
  const what = 'circuit breaker';
  const { breaker } = await readState(inventory, clients);
  if (breaker === undefined) return [ok(what, 'is closed')];
  const { openUntil, reason, scope } = breaker;
  const cause =
    reason === 'login' ? 'Salesforce refuses the login' : 'Salesforce refuses calls for a limit';
  return [
    failed(
      what,
      `is open until ${openUntil.toISOString()}: ${cause}, and ${held[scope]}; no attempt is counted`,
      'It closes by itself with the first call that succeeds. Find the cause: npm run salesforce -- check',
    ),
  ];
}
