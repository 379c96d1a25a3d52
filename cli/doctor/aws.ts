import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsExplainer } from '../aws-errors.ts';
import { clientSettings, type StackChoice } from '../stack.ts';

/** The services that are asked; nothing is ever changed. */
export interface Aws {
  readonly cloudFormation: CloudFormationClient;
  readonly eventBridge: EventBridgeClient;
  readonly kms: KMSClient;
  readonly lambda: LambdaClient;
  readonly scheduler: SchedulerClient;
  readonly secretsManager: SecretsManagerClient;
  readonly sqs: SQSClient;
}

/** Clients for the account that the shell is signed in to, or for the local stack. */
export async function connect(choice: StackChoice): Promise<Aws> {
  const settings = await clientSettings(choice);
  return {
    cloudFormation: new CloudFormationClient(settings),
    eventBridge: new EventBridgeClient(settings),
    kms: new KMSClient(settings),
    lambda: new LambdaClient(settings),
    scheduler: new SchedulerClient(settings),
    secretsManager: new SecretsManagerClient(settings),
    sqs: new SQSClient(settings),
  };
}

/** Throws what AWS's refusal means. */
export const explainAws = awsExplainer(
  'cloudformation:DescribeStacks and ListStackResources, and the Get, Describe and List actions of what the stack is made of (the policy ReadOnlyAccess has them all)',
);
