import { DescribeRuleCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { HasTwin } from './route.ts';

const isMissing = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ResourceNotFoundException';

/** Asks EventBridge, because PutEvents says yes even when no rule matches. Answers are kept for this process. */
export function findTwins(client: EventBridgeClient, EventBusName: string): HasTwin {
  const known = new Map<string, Promise<boolean>>();

  const describe = async (Name: string): Promise<boolean> => {
    try {
      const { State } = await client.send(new DescribeRuleCommand({ Name, EventBusName }));
      return State === 'ENABLED';
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  };

  return (name) => {
    const found = known.get(name) ?? describe(name);
    known.set(name, found);
    found.catch(() => known.delete(name));
    return found;
  };
}
