import { CliError } from '../errors.ts';
import { type Aws, explainAws } from './aws.ts';
import type { Facts } from './facts.ts';
import { lookAtBuses, lookAtConnections, lookAtRules } from './looks/events.ts';
import { lookAtFunctions, lookAtPollers, lookAtSchedule } from './looks/functions.ts';
import { lookAtKey } from './looks/key.ts';
import { lookAtQueues } from './looks/queues.ts';
import { lookAtSecrets } from './looks/secrets.ts';
import { lookAtAlarms, lookAtConcurrency, lookAtStack } from './looks/stack.ts';
import type { Result } from './result.ts';

/** Looks at one kind of thing; rejects when AWS does not answer. */
type Look = (facts: Facts, aws: Aws) => Promise<Result[]>;

/** In the order in which one's failure explains another's. */
const looks: readonly (readonly [string, Look])[] = [
  ['stack', lookAtStack],
  ['encryption key', lookAtKey],
  ['event buses', lookAtBuses],
  ['rules', lookAtRules],
  ['connections', lookAtConnections],
  ['queues', lookAtQueues],
  ['secrets', lookAtSecrets],
  ['functions', lookAtFunctions],
  ['poller', lookAtPollers],
  ['schedule', lookAtSchedule],
  ['concurrent executions', lookAtConcurrency],
  ['alarms', lookAtAlarms],
];

function explained(error: unknown): string {
  try {
    return explainAws(error);
  } catch (explanation) {
    if (explanation instanceof CliError) return explanation.message;
    throw explanation;
  }
}

/** What no look can tell. */
export const notChecked = [
  'whether Salesforce takes the credentials (npm run salesforce -- check)',
  'policies of IAM, permissions boundaries and service control policies',
  'whether the alarm topic takes alarms, and who subscribes to it',
] as const;

/** Looks at everything, whatever becomes of the looks before. */
export async function examine(facts: Facts, aws: Aws): Promise<Result[]> {
  const results: Result[] = [];
  for (const [what, look] of looks) {
    const found = await look(facts, aws).catch((error: unknown): Result[] => [
      { what, status: 'unknown', detail: explained(error) },
    ]);
    results.push(...found);
  }
  return results;
}
