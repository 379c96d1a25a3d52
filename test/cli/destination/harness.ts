import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateStackCommand,
  DescribeStacksCommand,
  type StackStatus,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeEach } from 'vitest';
import { main } from '../../../cli/destination/program.ts';
import { describedStack, mockAws } from '../harness.ts';

export const MAIN = 'salesforce-eventbridge';
export const SLACK = `${MAIN}-to-slack`;
export const SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:slack';
export const CreationTime = new Date(0);

const mainStack = describedStack(
  { EventBusName: 'bus', RedriveBusName: 'bus-redrive', RuleDlqArn: 'dlq' },
  { AlarmTopicArn: 'topic' },
);

/** The command for a file of tests, with a main stack, a secret, and the destination `slack` yet to be created. */
export function useDestinations() {
  const aws = mockAws(mainStack);
  const { cloudFormation, eventBridge, secretsManager } = aws;
  const folder = mkdtempSync(join(tmpdir(), 'destination-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const destinationIs = (StackStatus: StackStatus): void => {
    cloudFormation
      .on(DescribeStacksCommand, { StackName: SLACK })
      .resolves({ Stacks: [{ StackName: SLACK, CreationTime, StackStatus }] });
  };
  const run = async (...args: string[]) => {
    const lines: string[] = [];
    const write = (text: string) => lines.push(text);
    const createClients = async () => aws.clients;
    const exitCode = await main(args, { print: write, log: write, createClients });
    return { exitCode, output: lines.join('\n') };
  };
  beforeEach(() => {
    cloudFormation.reset();
    secretsManager.reset();
    eventBridge.reset();
    cloudFormation.on(DescribeStacksCommand, { StackName: MAIN }).resolves({ Stacks: [mainStack] });
    secretsManager.on(DescribeSecretCommand).resolves({
      ARN: SECRET,
      VersionIdsToStages: { old: ['AWSPREVIOUS'], new: ['AWSCURRENT'] },
    });
    cloudFormation
      .on(UpdateStackCommand)
      .rejects(new Error(`Stack [${SLACK}] does not exist`))
      .on(CreateStackCommand)
      .resolves({});
    destinationIs('CREATE_COMPLETE');
  });
  return { cloudFormation, destinationIs, eventBridge, folder, run, secretsManager };
}
