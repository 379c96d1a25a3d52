import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { type DeploymentClients, handleAwsError, STACK_TAG } from '../environment/aws.ts';

/**
 * Alarms, only of its own account, and the rule that reports connections publish to the topic. EventBridge fills in no
 * condition key when it publishes: "You can't use Condition blocks in Amazon SNS topic policies for EventBridge"
 * (EventBridge User Guide, "Using resource-based policies").
 */
const policyOf = (account: string): string => {
  const publish = (Service: string) => ({
    Effect: 'Allow',
    Principal: { Service },
    Action: 'sns:Publish',
    Resource: '*',
  });
  const ofAccount = { StringEquals: { 'aws:SourceAccount': account } };
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { ...publish('cloudwatch.amazonaws.com'), Condition: ofAccount },
      publish('events.amazonaws.com'),
    ],
  });
};

/**
 * Creates the topic of the environment's alarms and subscribes an address to it, which must confirm. Can be repeated.
 *
 * @returns the topic's ARN.
 */
export async function createAlarmTopic(
  { sns }: Pick<DeploymentClients, 'sns'>,
  { account, email, stackName }: { account: string; email: string; stackName: string },
): Promise<string> {
  const create = new CreateTopicCommand({
    Name: `${stackName}-alarms`,
    Attributes: { Policy: policyOf(account) },
    Tags: [{ Key: STACK_TAG, Value: stackName }],
  });
  const { TopicArn = '' } = await sns.send(create).catch(handleAwsError);
  await sns
    .send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: email }))
    .catch(handleAwsError);
  return TopicArn;
}
