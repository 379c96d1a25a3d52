import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { type DeploymentClients, handleAwsError, STACK_TAG } from '../environment/aws.ts';

/** Alarms, and the rule that reports connections, publish to the topic; both only for its own account. */
const policyOf = (account: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'].map((Service) => ({
      Effect: 'Allow',
      Principal: { Service },
      Action: 'sns:Publish',
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceAccount': account } },
    })),
  });

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
