import { ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeConnectionCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { DescribeKeyCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  GetAccountSettingsCommand,
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { main } from '../../../cli/doctor/program.ts';
import { pseudo } from '../../../local/template/resolve.ts';
import manifest from '../../../package.json' with { type: 'json' };
import { resolvedSet } from '../../template/sets.ts';
import { fields, list } from '../../template/template.ts';
import { describedStack, mockAws } from '../harness.ts';

const SET = 'everything with an existing key';
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555';

/** Replaces references by the names of this stack. */
const named = (text: string): string =>
  text
    .replaceAll('${RedriveBus}', 'stack-redrive')
    .replaceAll('${EventBus}', 'stack')
    .replaceAll(/\$\{(\w+)(?:\.\w+)?\}/g, '$1');

/** A queue's policy from the template. */
function queuePolicy(queue: string): string {
  const { Properties } = resolvedSet(SET).Resources[`${queue}Policy`] ?? { Properties: {} };
  return named(JSON.stringify(fields(Properties)['PolicyDocument']));
}

const outputs = {
  EventBusName: 'stack',
  RedriveBusName: 'stack-redrive',
  SalesforceSecretArn: 'SalesforceSecret',
  Version: manifest.version,
  EncryptionKeyPolicy: String(resolvedSet(SET).Outputs['EncryptionKeyPolicy']?.['Value']),
};

export const ARN = `arn:aws:cloudformation:${pseudo['AWS::Region']}:${pseudo['AWS::AccountId']}:stack/stack/1`;

type Texts = Readonly<Record<string, string>>;

const stackWith = (parameters: Texts, otherOutputs: Texts) =>
  describedStack(
    { ...outputs, ...otherOutputs },
    { EncryptionKeyArn: KEY, AlarmTopicArn: 'arn:topic', ...parameters },
    {
      StackName: 'stack',
      StackId: ARN,
      StackStatus: 'UPDATE_COMPLETE',
    },
  );

const resources = Object.entries(resolvedSet(SET).Resources).map(([id, { Type }]) => ({
  LogicalResourceId: id,
  ResourceType: Type,
  PhysicalResourceId: Type === 'AWS::Events::Rule' ? `stack|${id}` : id,
  LastUpdatedTimestamp: new Date(0),
  ResourceStatus: 'CREATE_COMPLETE' as const,
}));

/** The key policy that the stack's output requires. */
export const keyPolicy = (): { Statement: unknown[] } => ({
  Statement: list(JSON.parse(outputs.EncryptionKeyPolicy)),
});

/** A stack without a problem. */
export function healthyStack(parameters: Texts = {}, otherOutputs: Texts = {}) {
  const aws = mockAws(stackWith(parameters, otherOutputs));
  const { cloudFormation, cloudWatch, dynamoDb, eventBridge, kms, lambda } = aws;
  const { s3, scheduler, secretsManager, sqs } = aws;
  cloudWatch.on(GetMetricDataCommand).resolves({});
  cloudWatch.on(DescribeAlarmsCommand).resolves({});
  s3.on(ListObjectsV2Command).resolves({});
  cloudFormation.on(ListStackResourcesCommand).resolves({ StackResourceSummaries: resources });
  dynamoDb.on(GetItemCommand).resolves({});
  eventBridge.on(DescribeEventBusCommand).resolves({ Name: 'stack', KmsKeyIdentifier: KEY });
  eventBridge.on(DescribeRuleCommand).resolves({ State: 'ENABLED' });
  eventBridge.on(DescribeConnectionCommand).resolves({ ConnectionState: 'AUTHORIZED' });
  const key = { KeyId: KEY, KeyState: 'Enabled', KeyUsage: 'ENCRYPT_DECRYPT' } as const;
  kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { ...key, KeySpec: 'SYMMETRIC_DEFAULT' } });
  kms.on(GetKeyPolicyCommand).resolves({ Policy: JSON.stringify(keyPolicy()) });
  const AccountLimit = { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 980 };
  lambda.on(GetAccountSettingsCommand).resolves({ AccountLimit });
  lambda.on(GetFunctionConfigurationCommand).resolves({ State: 'Active' });
  lambda.on(GetEventSourceMappingCommand).resolves({ State: 'Enabled' });
  scheduler
    .on(GetScheduleCommand)
    .resolves({ State: 'ENABLED', ScheduleExpression: 'rate(5 minutes)' });
  const version = { VersionIdsToStages: { 1: ['AWSCURRENT'] } };
  secretsManager.on(DescribeSecretCommand).resolves({ ...version, KmsKeyId: KEY });
  for (const queue of ['ApiCallQueue', 'ApiCallDlq', 'RuleDlq', 'SpillQueue'])
    sqs
      .on(GetQueueAttributesCommand, { QueueUrl: queue })
      .resolves({ Attributes: { Policy: queuePolicy(queue), KmsMasterKeyId: KEY } });
  return aws;
}

export type Stack = ReturnType<typeof healthyStack>;

/** Runs `npm run doctor -- …args` on it. `output` is what it printed, to standard output and error. */
export async function doctor({ clients }: Stack, ...args: string[]) {
  const lines: string[] = [];
  const write = (text: string): void => {
    lines.push(text);
  };
  const exitCode = await main(['--stack-name', 'stack', ...args], {
    print: write,
    log: write,
    createClients: async () => clients,
  });
  return { exitCode, output: lines.join('\n') };
}
