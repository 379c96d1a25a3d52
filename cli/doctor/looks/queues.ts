import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Aws } from '../aws.ts';
import { type Facts, keyOf, ofType, placeOf, type StackResource } from '../facts.ts';
import { like, parsePolicy, type Statement } from '../policy.ts';
import { DEPLOY, failed, ok, type Result } from '../result.ts';

/** Queues that rules write to. */
const WRITTEN_BY_RULES = ['ApiCallQueue', 'RuleDlq'];

/** A rule of each bus of the stack, by ARN; on the default bus a rule's ARN names no bus. */
function ruleArns(facts: Facts): string[] {
  const { partition, region, account } = placeOf(facts);
  const { EventBusName = '', RedriveBusName = '' } = facts.outputs;
  return [EventBusName, RedriveBusName].map((bus) => {
    const path = bus === 'default' ? '' : `${bus}/`;
    return `arn:${partition}:events:${region}:${account}:rule/${path}${facts.name}-any`;
  });
}

const letsIn =
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
      Action.some((action) => like(action, 'sqs:SendMessage')) &&
      (sources.length === 0 || sources.some((source) => like(source, ruleArn)))
    );
  };

interface QueueFacts {
  readonly policy: readonly Statement[];
  /** The key's id or ARN; `undefined` - a key of SQS. */
  readonly key: string | undefined;
}

async function readQueue(url: string, { sqs }: Aws): Promise<QueueFacts> {
  const { Attributes: attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['Policy', 'KmsMasterKeyId'] }),
  );
  const { Policy, KmsMasterKeyId } = attributes ?? {};
  return { policy: Policy ? parsePolicy(Policy) : [], key: KmsMasterKeyId || undefined };
}

const isSameKey = (one: string | undefined, other: string | undefined): boolean =>
  one?.split('/').at(-1) === other?.split('/').at(-1);

async function lookAtQueue(queue: StackResource, facts: Facts, aws: Aws): Promise<Result> {
  const what = `queue ${queue.logicalId}`;
  const { policy, key } = await readQueue(queue.physicalId, aws);
  const isWritten = WRITTEN_BY_RULES.includes(queue.logicalId);
  const shut = isWritten ? ruleArns(facts).filter((arn) => !policy.some(letsIn(arn))) : [];
  if (shut.length > 0)
    return failed(
      what,
      `its policy does not let in ${shut.join(' and ')}: events are lost`,
      DEPLOY,
    );
  if (!isSameKey(key, keyOf(facts)))
    return failed(
      what,
      `is encrypted with ${key ?? "SQS' own key"}, not as Encryption says`,
      DEPLOY,
    );
  return ok(what, isWritten ? 'lets the rules of both buses in' : 'exists');
}

/** Queues that are gone, shut to the rules that write to them, or encrypted otherwise. */
export const lookAtQueues = (facts: Facts, aws: Aws): Promise<Result[]> =>
  Promise.all(ofType(facts, 'AWS::SQS::Queue').map((queue) => lookAtQueue(queue, facts, aws)));
