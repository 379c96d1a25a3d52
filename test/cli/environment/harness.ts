import {
  DescribeStacksCommand,
  GetTemplateSummaryCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  type Stack,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { ListEventBusesCommand } from '@aws-sdk/client-eventbridge';
import { GetAccountSettingsCommand, GetFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { createDeploymentClients } from '../../../cli/environment/aws.ts';
import { readTemplate } from '../../../local/template/source.ts';
import { describedStack, type Texts } from '../harness.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-central-1';
export const STACK = 'salesforce-eventbridge';

/** The parameters of a stack that was deployed with these and the defaults of all others. */
export const deployedParameters = (given: Texts = {}): Texts => ({
  ...Object.fromEntries(
    Object.entries(readTemplate('template.yaml').Parameters).map(([name, { Default, NoEcho }]) => [
      name,
      NoEcho === true ? '****' : String(Default),
    ]),
  ),
  ...given,
});

interface Account {
  readonly stack?: Stack | undefined;
  readonly resources?: readonly Partial<StackResourceSummary>[];
  readonly unreserved?: number;
  readonly account?: string;
}

export const stackWith = (given: Texts = {}, change: Partial<Stack> = {}): Stack =>
  describedStack({}, deployedParameters(given), { StackId: `arn:stack/${STACK}`, ...change });

/** An account in which the calls of the checks succeed. */
export function fakeAccount({
  account = ACCOUNT,
  resources = [],
  stack,
  unreserved = 1_000,
}: Account = {}) {
  const clients = createDeploymentClients(REGION);
  const cloudFormation = mockClient(clients.cloudFormation);
  const mocks = {
    cloudFormation,
    dynamoDb: mockClient(clients.dynamoDb),
    eventBridge: mockClient(clients.eventBridge),
    kms: mockClient(clients.kms),
    lambda: mockClient(clients.lambda),
    s3: mockClient(clients.s3),
    secretsManager: mockClient(clients.secretsManager),
    sns: mockClient(clients.sns),
    sqs: mockClient(clients.sqs),
    sts: mockClient(clients.sts),
  };
  mocks.sts
    .on(GetCallerIdentityCommand)
    .resolves({ Account: account, Arn: `arn:aws:iam::${account}:user/dev` });
  cloudFormation.on(DescribeStacksCommand).rejects(new Error('Stack does not exist'));
  if (stack !== undefined)
    for (const StackName of [STACK, stack.StackId ?? ''])
      cloudFormation.on(DescribeStacksCommand, { StackName }).resolves({ Stacks: [stack] });
  cloudFormation.on(ListStacksCommand).resolves({ StackSummaries: [] });
  cloudFormation.on(GetTemplateSummaryCommand).resolves({
    Parameters: Object.entries(deployedParameters()).map(([ParameterKey, DefaultValue]) => ({
      ParameterKey,
      DefaultValue,
    })),
  });
  cloudFormation.on(ListStackResourcesCommand).resolves({
    StackResourceSummaries: resources.map((one) => ({
      LogicalResourceId: '',
      ResourceType: '',
      LastUpdatedTimestamp: new Date(0),
      ResourceStatus: 'CREATE_COMPLETE' as const,
      ...one,
    })),
  });
  mocks.lambda.on(GetAccountSettingsCommand).resolves({
    AccountLimit: { ConcurrentExecutions: unreserved, UnreservedConcurrentExecutions: unreserved },
  });
  mocks.lambda.on(GetFunctionConcurrencyCommand).resolves({});
  mocks.eventBridge.on(ListEventBusesCommand).resolves({ EventBuses: [] });
  return { clients, ...mocks };
}

export interface Shown {
  /** What went to standard output; `lines` has all output. */
  readonly printed: string[];
  readonly lines: string[];
  readonly questions: string[];
}

/** A terminal on which each question that contains a key is answered with its value; others with Enter. */
export function fakeTerminal(answers: Texts | undefined) {
  const shown: Shown = { printed: [], lines: [], questions: [] };
  const write = (text: string): void => {
    shown.lines.push(text);
  };
  const prompt = async ({ message }: { message: string }): Promise<string> => {
    shown.questions.push(message);
    if (shown.questions.length > 30) throw new Error(`Asked again and again: ${message}`);
    const key = Object.keys(answers ?? {}).find((one) => message.includes(one));
    return answers?.[key ?? ''] ?? '';
  };
  return {
    shown,
    terminal: {
      print: (text: string) => {
        shown.printed.push(text);
        write(text);
      },
      log: write,
      showProgress: () => undefined,
      prompt: answers === undefined ? undefined : prompt,
    },
  };
}
