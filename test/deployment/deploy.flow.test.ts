import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { localClient } from '../../local/stack/aws.ts';
import { localCredentials } from '../../local/stack/engine.ts';
import { paths } from '../../local/stack/paths.ts';
import { type Answers, runOnTerminal, transcriptOf } from './pseudo-terminal.ts';

const endpoint = inject('endpoint');
const client = localClient(endpoint);
const mark = randomUUID().slice(0, 13);
const folder = mkdtempSync(join(tmpdir(), 'environments-'));
const cloudFormation = new CloudFormationClient(client);
const secretsManager = new SecretsManagerClient(client);

/** The shell of a user who is signed in to the engine. */
const env = {
  ...localCredentials,
  AWS_ENDPOINT_URL: endpoint,
  AWS_EC2_METADATA_DISABLED: 'true',
  SAM_CLI_TELEMETRY: '0',
  HOME: paths.samHome,
};

const run = async (
  command: 'deploy' | 'remove',
  args: readonly string[],
  answers: Answers = [],
) => {
  const script = [`cli/${command}/index.ts`, '--folder', folder, ...args];
  const { exitCode, screen } = await runOnTerminal(script, answers, env);
  return { exitCode, screen: transcriptOf(screen) };
};

const created = new Set<string>();

afterAll(async () => {
  for (const name of created) await run('remove', ['--env', name, '--yes', '--with-data']);
  rmSync(folder, { recursive: true, force: true });
}, 240_000);

const stackOf = (name: string): string => `${name}-${mark}`;

async function describeStack(name: string): Promise<Stack> {
  const command = new DescribeStacksCommand({ StackName: stackOf(name) });
  const { Stacks = [] } = await cloudFormation.send(command);
  return Stacks[0] ?? Object({});
}

const outputOf = ({ Outputs = [] }: Stack, key: string): string | undefined =>
  Outputs.find(({ OutputKey }) => OutputKey === key)?.OutputValue;

const parameterOf = ({ Parameters = [] }: Stack, key: string): string | undefined =>
  Parameters.find(({ ParameterKey }) => ParameterKey === key)?.ParameterValue;

const fileOf = (name: string): string => readFileSync(join(folder, `${name}.yaml`), 'utf8');

/** A first deployment as a new user answers; Enter where nothing is given. */
function deployFirst(name: string, given: Answers) {
  created.add(name);
  return run(
    'deploy',
    ['--env', name],
    [
      ...(created.size > 1 ? ([[/Create .*\?/, 'y']] as const) : []),
      [/AWS Region/, ''],
      [/CloudFormation stack/, stackOf(name)],
      ...given,
      [/Write .*\?/, ''],
      [/Deploy these changes\?/, 'y'],
    ],
  );
}

const salesforce: Answers = [
  [/Salesforce login/, ''],
  [/Salesforce credentials/, ''],
];

describe('npm run deploy on a terminal', () => {
  it('deploys GitHub with an existing secret; a value that the runbook sets holds', async () => {
    const create = new CreateSecretCommand({ Name: `existing-${mark}`, SecretString: 'secret' });
    const { ARN = '' } = await secretsManager.send(create);
    const answers: Answers = [
      [/GitHub webhooks\?/, 'y'],
      [/ARN of an existing secret/, `${ARN}-wrong`],
      [/ARN of an existing secret/, ARN],
      [/Twilio webhooks\?/, ''],
      ...salesforce,
      [/notified of alarms/, ''],
    ];
    const first = await deployFirst('github', answers);
    expect(first.exitCode, first.screen).toBe(0);
    const deployed = await describeStack('github');
    expect(deployed.StackStatus).toBe('CREATE_COMPLETE');
    expect(first.screen).toContain(outputOf(deployed, 'GitHubWebhookUrl') ?? 'none');
    expect(outputOf(deployed, 'TwilioWebhookUrl')).toBeUndefined();
    expect(first.screen).toContain('npm run salesforce -- check');

    const leaked = ['--env', 'github', '--set', 'PreviousSecretHours=0'];
    const step = await run('deploy', leaked, [[/Deploy these changes\?/, 'y']]);
    expect(step.exitCode, step.screen).toBe(0);
    expect(step.screen).toContain('PreviousSecretHours: 24 is deployed; --set says 0');
    expect(parameterOf(await describeStack('github'), 'PreviousSecretHours')).toBe('0');

    const plain = await run('deploy', ['--env', 'github']);
    expect(plain.exitCode, plain.screen).toBe(0);
    expect(plain.screen).toContain('No changes');
    expect(parameterOf(await describeStack('github'), 'PreviousSecretHours')).toBe('0');

    // The file says 0. Whoever edits it is asked; a pipeline is stopped.
    writeFileSync(join(folder, 'github.yaml'), fileOf('github').replace('Hours: 0', 'Hours: 5'));
    const edited = await run('deploy', ['--env', 'github', '--yes']);
    expect(edited.exitCode, edited.screen).toBe(1);
    expect(parameterOf(await describeStack('github'), 'PreviousSecretHours')).toBe('0');
  });

  it('deploys everything, with secrets that are typed and never shown', async () => {
    const answers: Answers = [
      [/GitHub webhooks\?/, 'y'],
      [/ARN of an existing secret/, ''],
      [/GitHub webhook secret/, ''],
      [/Twilio webhooks\?/, 'y'],
      [/ARN of an existing secret/, ''],
      [/Twilio auth token/, 'canary-token'],
      [/Salesforce login/, 'client_credentials'],
      [/Salesforce credentials/, ''],
      [/notified of alarms/, 'ops@example.com'],
    ];
    const { exitCode, screen } = await deployFirst('everything', answers);
    expect(exitCode, screen).toBe(0);
    expect(`${screen}${fileOf('everything')}`).not.toContain('canary-token');
    const stack = await describeStack('everything');
    expect(outputOf(stack, 'GitHubWebhookUrl')).toBeDefined();
    expect(outputOf(stack, 'TwilioWebhookUrl')).toBeDefined();
    const SecretId = parameterOf(stack, 'TwilioWebhookSecretArn');
    const secret = await secretsManager.send(new GetSecretValueCommand({ SecretId }));
    expect(secret.SecretString).toBe('canary-token');
    expect(parameterOf(stack, 'AlarmTopicArn')).toContain(`${stackOf('everything')}-alarms`);
  });

  it('removes a stack and what it leaves', async () => {
    const name = stackOf('github');
    const { exitCode, screen } = await run(
      'remove',
      ['--env', 'github', '--with-data'],
      [[/type the name of the stack/, name]],
    );
    expect(exitCode, screen).toBe(0);
    expect(screen).toMatch(/Removed: S3 Bucket ParkBucket/);
    const again = await run('remove', ['--env', 'github', '--with-data']);
    expect(again.screen).toContain('nothing of it is left');
    created.delete('github');
  });
});
