import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  type Parameter,
  type ResourceChange,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeEach } from 'vitest';
import { main } from '../../../cli/deploy/program.ts';
import {
  ACCOUNT,
  type fakeAccount,
  fakeTerminal,
  REGION,
  STACK,
  stackWith,
} from '../environment/harness.ts';
import type { Texts } from '../harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'deploy-'));

const emptyFolder = (): void => rmSync(folder, { recursive: true, force: true });

/** Every test starts without a file of an environment. */
export function useEmptyFolder(): void {
  beforeEach(emptyFolder);
  afterAll(emptyFolder);
}

export const ARN = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:a-AbCdEf`;
/** The file of the only environment. */
export const file = join(folder, 'production.yaml');

export function writeFile(
  parameters: Texts = {},
  { stackName = STACK, account = ACCOUNT } = {},
): void {
  emptyFolder();
  const lines = Object.entries(parameters).map(([name, value]) => `  ${name}: ${value} # why\n`);
  const head = `Account: "${account}"\nRegion: ${REGION}\nStackName: ${stackName}\nParameters:\n`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${head}${lines.join('')}`);
}

type Fake = ReturnType<typeof fakeAccount>;

export const added: ResourceChange[] = [
  { Action: 'Add', LogicalResourceId: 'ApiCallRule', ResourceType: 'AWS::Events::Rule' },
];

/** CloudFormation finds these changes, and deploys them to this status. */
export function answersChangeSet(
  { cloudFormation }: Fake,
  changes = added,
  status = 'CREATE_COMPLETE',
) {
  cloudFormation
    .on(CreateChangeSetCommand)
    .resolves({ Id: 'change-set', StackId: 'arn:stack/new' });
  cloudFormation.on(DescribeChangeSetCommand).resolves(
    changes.length > 0
      ? {
          Status: 'CREATE_COMPLETE',
          Changes: changes.map((ResourceChange) => ({ ResourceChange })),
        }
      : { Status: 'FAILED', StatusReason: "The submitted information didn't contain changes." },
  );
  cloudFormation.on(ExecuteChangeSetCommand).callsFake(async () => {
    cloudFormation.on(DescribeStackEventsCommand).resolves({
      StackEvents: [
        {
          StackId: 'arn:stack/new',
          EventId: 'new',
          StackName: STACK,
          Timestamp: new Date(0),
          LogicalResourceId: 'ApiCallRule',
          ResourceType: 'AWS::Events::Rule',
          ResourceStatus: /ROLLBACK/.test(status) ? 'CREATE_FAILED' : 'CREATE_COMPLETE',
          ResourceStatusReason: 'Limit exceeded',
        },
      ],
    });
    const stack = stackWith({}, { StackStatus: Object(status), StackId: 'arn:stack/new' });
    cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [stack] });
    return {};
  });
  cloudFormation.on(DescribeStackEventsCommand).resolves({ StackEvents: [] });
  cloudFormation.on(DeleteChangeSetCommand).resolves({});
  cloudFormation.on(DeleteStackCommand).resolves({});
}

/** Runs one command line in the account. */
export async function run(
  args: readonly string[],
  fake: Fake,
  answers?: Texts,
  explicitRegion?: string,
) {
  const { shown, terminal } = fakeTerminal(answers);
  let builds = 0;
  const exitCode = await main([...args, '--folder', folder], terminal, async () => ({
    ...terminal,
    createClients: () => fake.clients,
    explicitRegion,
    shellRegion: async () => REGION,
    packageTemplate: async () => {
      builds += 1;
      return 'https://s3.eu-central-1.amazonaws.com/bucket/template';
    },
    intervalMs: 1,
  }));
  return { exitCode, builds, output: shown.lines.join('\n'), ...shown };
}

/** The parameters of the first change set, by name. */
export const handedOver = ({ cloudFormation }: Fake): Record<string, string | undefined> => {
  const [call] = cloudFormation.commandCalls(CreateChangeSetCommand);
  const { Parameters = [] } = call?.args[0].input ?? {};
  return Object.fromEntries(
    Parameters.map(({ ParameterKey = '', ParameterValue, UsePreviousValue }: Parameter) => [
      ParameterKey,
      UsePreviousValue ? '(previous)' : ParameterValue,
    ]),
  );
};

/** How many change sets were executed. */
export const executed = ({ cloudFormation }: Fake): number =>
  cloudFormation.commandCalls(ExecuteChangeSetCommand).length;
