import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeConnectionCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  GetAccountSettingsCommand,
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { main } from '../../../cli/doctor/program.ts';
import { pseudo } from '../../template/resolve.ts';
import { resolvedSet } from '../../template/sets.ts';
import { fields, list } from '../../template/template.ts';

const SET = 'everything with an existing key';
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555';

/** Names of this stack in place of references. */
const named = (text: string): string =>
  text
    .replaceAll('${RedriveBus}', 'stack-redrive')
    .replaceAll('${EventBus}', 'stack')
    .replaceAll(/\$\{(\w+)(?:\.\w+)?\}/g, '$1');

/** A queue's policy as the template has it. */
function queuePolicy(queue: string): string {
  const { Properties } = resolvedSet(SET).Resources[`${queue}Policy`] ?? { Properties: {} };
  return named(JSON.stringify(fields(Properties)['PolicyDocument']));
}

const outputs = {
  EventBusName: 'stack',
  RedriveBusName: 'stack-redrive',
  SalesforceSecretArn: 'SalesforceSecret',
  EncryptionKeyPolicy: String(resolvedSet(SET).Outputs['EncryptionKeyPolicy']?.['Value']),
};

const stack = {
  StackName: 'stack',
  StackId: `arn:aws:cloudformation:${pseudo['AWS::Region']}:${pseudo['AWS::AccountId']}:stack/stack/1`,
  StackStatus: 'UPDATE_COMPLETE' as const,
  CreationTime: new Date(0),
  Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  Parameters: Object.entries({ EncryptionKeyArn: KEY, AlarmTopicArn: 'arn:topic' }).map(
    ([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }),
  ),
};

const resources = Object.entries(resolvedSet(SET).Resources).map(([id, { Type }]) => ({
  LogicalResourceId: id,
  ResourceType: Type,
  PhysicalResourceId: Type === 'AWS::Events::Rule' ? `stack|${id}` : id,
  LastUpdatedTimestamp: new Date(0),
  ResourceStatus: 'CREATE_COMPLETE' as const,
}));

/** The key's policy as the stack's output asks for it. */
export const keyPolicy = (): { Statement: unknown[] } => ({
  Statement: list(JSON.parse(outputs.EncryptionKeyPolicy)),
});

/** A stack where all is well, in an account that answers everything. */
export function wellStack() {
  const settings = { region: 'eu-west-1' };
  const aws = {
    cloudFormation: new CloudFormationClient(settings),
    eventBridge: new EventBridgeClient(settings),
    kms: new KMSClient(settings),
    lambda: new LambdaClient(settings),
    scheduler: new SchedulerClient(settings),
    secretsManager: new SecretsManagerClient(settings),
    sqs: new SQSClient(settings),
  };
  const cloudFormation = mockClient(aws.cloudFormation);
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [stack] });
  cloudFormation.on(ListStackResourcesCommand).resolves({ StackResourceSummaries: resources });
  const eventBridge = mockClient(aws.eventBridge);
  eventBridge.on(DescribeEventBusCommand).resolves({ Name: 'stack', KmsKeyIdentifier: KEY });
  eventBridge.on(DescribeRuleCommand).resolves({ State: 'ENABLED' });
  eventBridge.on(DescribeConnectionCommand).resolves({ ConnectionState: 'AUTHORIZED' });
  const kms = mockClient(aws.kms);
  const key = { KeyId: KEY, KeyState: 'Enabled', KeyUsage: 'ENCRYPT_DECRYPT' } as const;
  kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { ...key, KeySpec: 'SYMMETRIC_DEFAULT' } });
  kms.on(GetKeyPolicyCommand).resolves({ Policy: JSON.stringify(keyPolicy()) });
  const lambda = mockClient(aws.lambda);
  const AccountLimit = { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 980 };
  lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit });
  lambda.on(GetFunctionConfigurationCommand).resolves({ State: 'Active' });
  lambda.on(GetEventSourceMappingCommand).resolves({ State: 'Enabled' });
  const scheduler = mockClient(aws.scheduler);
  scheduler
    .on(GetScheduleCommand)
    .resolves({ State: 'ENABLED', ScheduleExpression: 'rate(5 minutes)' });
  const secretsManager = mockClient(aws.secretsManager);
  const version = { VersionIdsToStages: { 1: ['AWSCURRENT'] } };
  secretsManager.on(DescribeSecretCommand).resolves({ ...version, KmsKeyId: KEY });
  const sqs = mockClient(aws.sqs);
  for (const queue of ['ApiCallQueue', 'ApiCallDlq', 'RuleDlq', 'SpillQueue'])
    sqs
      .on(GetQueueAttributesCommand, { QueueUrl: queue })
      .resolves({ Attributes: { Policy: queuePolicy(queue), KmsMasterKeyId: KEY } });
  return { aws, cloudFormation, eventBridge, kms, lambda, scheduler, secretsManager, sqs };
}

export type Stack = ReturnType<typeof wellStack>;

/** Runs `npm run doctor -- …args` on it. */
export async function doctor({ aws }: Stack, ...args: string[]) {
  const said: string[] = [];
  const say = (text: string): void => {
    said.push(text);
  };
  const exitCode = await main(['--stack-name', 'stack', ...args], {
    print: say,
    complain: say,
    connect: async () => aws,
  });
  return { exitCode, said: said.join('\n') };
}
