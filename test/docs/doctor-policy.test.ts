import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
} from '@aws-sdk/client-cloudformation';
import { expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import { doctor, healthyStack } from '../cli/doctor/harness.ts';

/** The services' prefixes in IAM, by the names of the clients. */
const prefixes: Readonly<Record<string, string>> = {
  cloudFormation: 'cloudformation',
  cloudWatch: 'cloudwatch',
  dynamoDb: 'dynamodb',
  eventBridge: 'events',
  kms: 'kms',
  lambda: 'lambda',
  s3: 's3',
  scheduler: 'scheduler',
  secretsManager: 'secretsmanager',
  sqs: 'sqs',
};

/** S3's action has another name than its operation ("Actions, resources, and condition keys for Amazon S3"). */
const named: Readonly<Record<string, string>> = { 's3:ListObjectsV2': 's3:ListBucket' };

const actionsOf = (name: string): string[] =>
  JSON.parse(readFileSync(join(root, 'docs/policies', name), 'utf8')).Statement.flatMap(
    ({ Action }: { readonly Action: string | string[] }) => Action,
  );

it('docs/policies/doctor.json allows every call of npm run doctor, and no other', async () => {
  const stack = healthyStack({
    ConnectionSecretArn: 'connection',
    ConnectionSecretVersionId: '1',
  });
  stack.cloudFormation.on(DetectStackDriftCommand).resolves({});
  stack.cloudFormation
    .on(DescribeStackDriftDetectionStatusCommand)
    .resolves({ DetectionStatus: 'DETECTION_COMPLETE' });
  stack.cloudFormation.on(DescribeStackResourceDriftsCommand).resolves({});
  const { output } = await doctor(stack, '--drift');
  expect(output).not.toMatch(/^unknown/m);
  const called = Object.entries(stack.mocks).flatMap(([client, mock]) =>
    mock.calls().map(({ args: [command] }) => {
      const action = `${prefixes[client]}:${command.constructor.name.replace(/Command$/, '')}`;
      return named[action] ?? action;
    }),
  );
  // Only where an environment's file is for the stack, and DynamoDB for the caller.
  const others = ['cloudformation:GetTemplateSummary', 'kms:Decrypt'];
  expect(new Set(actionsOf('doctor.json'))).toEqual(new Set([...called, ...others]));
});
