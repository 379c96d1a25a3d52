import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { AwsClients } from '../../aws.ts';
import { DEPLOY, type Finding, failed, ok } from '../finding.ts';
import {
  encryptionKeyOf,
  type Inventory,
  resourcesOfType,
  type StackResource,
} from '../inventory.ts';
import { matchesWildcard, parsePolicy, type Statement } from '../policy.ts';

/** The queues that rules send to. */
const RULE_TARGETS = ['ApiCallQueue', 'RuleDlq'];

/** The ARN of a rule on each of the stack's buses. On the default bus, a rule's ARN contains no bus. */
function ruleArns({ arn, name, outputs }: Inventory): string[] {
  const [, partition = 'aws', , region = '', account = ''] = arn.split(':');
  const { EventBusName = '', RedriveBusName = '' } = outputs;
  return [EventBusName, RedriveBusName].map((bus) => {
    const path = bus === 'default' ? '' : `${bus}/`;
    return `arn:${partition}:events:${region}:${account}:rule/${path}${name}-any`;
  });
}

const allowsRule =
  (ruleArn: string) =>
  (statement: Statement): boolean => {
    const { Effect, Principal, Action, Condition } = statement;
    const services = Principal === '*' ? ['events.amazonaws.com'] : (Principal['Service'] ?? []);
    const sources = [
      ...(Condition['ArnLike']?.['aws:SourceArn'] ?? []),
      ...(Condition['ArnEquals']?.['aws:SourceArn'] ?? []),
    ];
    return (
      Effect === 'Allow' &&
      services.includes('events.amazonaws.com') &&
      Action.some((action) => matchesWildcard(action, 'sqs:SendMessage')) &&
      (sources.length === 0 || sources.some((source) => matchesWildcard(source, ruleArn)))
    );
  };

interface QueueAttributes {
  readonly policy: readonly Statement[];
  /** The key's id or ARN; undefined for SQS-managed encryption. */
  readonly key: string | undefined;
}

async function readQueue(url: string, { sqs }: AwsClients): Promise<QueueAttributes> {
  const { Attributes: attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['Policy', 'KmsMasterKeyId'] }),
  );
  const { Policy, KmsMasterKeyId } = attributes ?? {};
  return { policy: Policy ? parsePolicy(Policy) : [], key: KmsMasterKeyId || undefined };
}

const isSameKey = (one: string | undefined, other: string | undefined): boolean =>
  one?.split('/').at(-1) === other?.split('/').at(-1);

async function checkQueue(
  queue: StackResource,
  inventory: Inventory,
  clients: AwsClients,
): Promise<Finding> {
  const what = `queue ${queue.logicalId}`;
  const { policy, key } = await readQueue(queue.physicalId, clients);
  const isTarget = RULE_TARGETS.includes(queue.logicalId);
  const rules = isTarget ? ruleArns(inventory) : [];
  const refused = rules.filter((arn) => !policy.some(allowsRule(arn)));
  if (refused.length > 0)
    return failed(
      what,
      `its policy does not allow messages from ${refused.join(' and ')}: events are lost`,
      DEPLOY,
    );
  if (!isSameKey(key, encryptionKeyOf(inventory)))
    return failed(
      what,
      `is encrypted with ${key ?? 'an SQS-managed key'}, not as the parameter Encryption requires`,
      DEPLOY,
    );
  return ok(what, isTarget ? 'accepts messages from the rules of both buses' : 'exists');
}

/** Finds queues that do not exist, whose policy refuses the rules that send to them, or with another encryption key. */
export const checkQueues = (inventory: Inventory, clients: AwsClients): Promise<Finding[]> =>
  Promise.all(
    resourcesOfType(inventory, 'AWS::SQS::Queue').map((queue) =>
      checkQueue(queue, inventory, clients),
    ),
  );
