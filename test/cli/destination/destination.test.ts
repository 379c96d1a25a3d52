import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type StackStatus,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../cli/destination/program.ts';

const region = { region: 'us-east-1' };
const aws = {
  cloudFormation: new CloudFormationClient(region),
  secretsManager: new SecretsManagerClient(region),
  events: new EventBridgeClient(region),
};
const cloudFormation = mockClient(aws.cloudFormation);
const secrets = mockClient(aws.secretsManager);
const events = mockClient(aws.events);
const folder = mkdtempSync(join(tmpdir(), 'destination-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MAIN = 'salesforce-eventbridge';
const SLACK = `${MAIN}-to-slack`;
const SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:slack';
const CreationTime = new Date(0);

const becomes = (StackStatus: StackStatus): void => {
  cloudFormation
    .on(DescribeStacksCommand, { StackName: SLACK })
    .resolves({ Stacks: [{ StackName: SLACK, CreationTime, StackStatus }] });
};

const refuses = (message: string): Error => new Error(message);

async function run(...args: string[]) {
  const said: string[] = [];
  const say = (text: string) => said.push(text);
  const exitCode = await main(args, { print: say, complain: say, connect: async () => aws });
  return { exitCode, said: said.join('\n') };
}

const given = (): Record<string, string> => {
  const [call] = cloudFormation.commandCalls(CreateStackCommand);
  const { Parameters = [] } = call?.args[0].input ?? {};
  return Object.fromEntries(
    Parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
  );
};

const event = ['--parameter', 'DetailTypes=Order Placed'];

beforeEach(() => {
  cloudFormation.reset();
  secrets.reset();
  events.reset();
  const outputs = { EventBusName: 'bus', RedriveBusName: 'bus-redrive', RuleDlqArn: 'dlq' };
  cloudFormation.on(DescribeStacksCommand, { StackName: MAIN }).resolves({
    Stacks: [
      {
        StackName: MAIN,
        CreationTime,
        StackStatus: 'CREATE_COMPLETE',
        Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({
          OutputKey,
          OutputValue,
        })),
        Parameters: [{ ParameterKey: 'AlarmTopicArn', ParameterValue: 'topic' }],
      },
    ],
  });
  secrets.on(DescribeSecretCommand).resolves({
    ARN: SECRET,
    VersionIdsToStages: { old: ['AWSPREVIOUS'], new: ['AWSCURRENT'] },
  });
  cloudFormation
    .on(UpdateStackCommand)
    .rejects(refuses(`Stack [${SLACK}] does not exist`))
    .on(CreateStackCommand)
    .resolves({});
  becomes('CREATE_COMPLETE');
});

describe('npm run destination -- deploy', () => {
  it('attaches the destination to the main stack, with the current version of its secret', async () => {
    const { exitCode, said } = await run('deploy', 'slack', '--secret', 'slack', ...event);
    expect([exitCode, said]).toEqual([0, `${SLACK}: created.`]);
    expect(given()).toEqual({
      DestinationName: 'slack',
      EventBusName: 'bus',
      RedriveBusName: 'bus-redrive',
      RuleDlqArn: 'dlq',
      AlarmTopicArn: 'topic',
      PermissionsBoundaryArn: '',
      KmsKeyArn: '',
      SecretArn: SECRET,
      SecretVersionId: 'new',
      DetailTypes: 'Order Placed',
    });
  });

  it("takes a partner's values, those of files over them, and single ones over both", async () => {
    const file = join(folder, 'values.yaml');
    writeFileSync(file, 'Path1: $.detail.text\nRateLimit: 5\n');
    const values = ['--partner', 'slack', '--values', file, '--parameter', 'RateLimit=7'];
    await run('deploy', 'slack', '--secret', 'slack', ...values);
    expect(given()).toMatchObject({
      Endpoint: 'https://slack.com/api/chat.postMessage',
      ApiKeyScheme: 'Bearer',
      Path1: '$.detail.text',
      RateLimit: '7',
    });
  });

  it('brings up to date what is there, and says so when nothing has changed', async () => {
    cloudFormation.on(UpdateStackCommand).resolves({});
    becomes('UPDATE_COMPLETE');
    const deploy = () => run('deploy', 'slack', '--secret', 'slack', ...event);
    expect((await deploy()).said).toBe(`${SLACK}: updated.`);
    cloudFormation.on(UpdateStackCommand).rejects(refuses('No updates are to be performed.'));
    expect((await deploy()).said).toBe(`${SLACK}: unchanged.`);
    expect(cloudFormation.commandCalls(CreateStackCommand)).toHaveLength(0);
  });

  it('says why CloudFormation rolled it back', async () => {
    becomes('ROLLBACK_COMPLETE');
    const failed = { LogicalResourceId: 'Connection', ResourceStatusReason: 'No field apiKey.' };
    const event_ = { StackId: '1', EventId: '1', StackName: SLACK, Timestamp: CreationTime };
    cloudFormation
      .on(DescribeStackEventsCommand)
      .resolves({ StackEvents: [{ ...event_, ...failed, ResourceStatus: 'CREATE_FAILED' }] });
    const { exitCode, said } = await run('deploy', 'slack', '--secret', 'slack', ...event);
    expect(exitCode).toBe(1);
    expect(said).toBe(`${SLACK} was rolled back. Connection: No field apiKey.`);
  });

  it.each([
    ['an ended service', ['--partner', 'mongodb'], /MongoDB ended the Atlas Data API/],
    ['an unknown partner', ['--partner', 'nobody'], /no partner nobody. There are .*slack/],
    ['a file that is not there', ['--values', 'none.yaml'], /none.yaml cannot be read/],
    ['a file that is no YAML', ['--values', 'cli/errors.ts'], /holds no parameter values|not YAML/],
  ])('refuses %s', async (_what, options, complaint) => {
    const { exitCode, said } = await run('deploy', 'slack', '--secret', 'slack', ...options);
    expect(exitCode).toBe(2);
    expect(said).toMatch(complaint);
    expect(cloudFormation.commandCalls(CreateStackCommand)).toHaveLength(0);
  });

  it('refuses a secret that has no value yet, and a stack of another kind', async () => {
    secrets.on(DescribeSecretCommand).resolves({ ARN: SECRET });
    expect((await run('deploy', 'slack', '--secret', 'slack', ...event)).said).toContain(
      'no value',
    );
    cloudFormation
      .on(DescribeStacksCommand, { StackName: MAIN })
      .resolves({ Stacks: [{ StackName: MAIN, CreationTime, StackStatus: 'CREATE_COMPLETE' }] });
    expect((await run('deploy', 'slack', '--secret', 'slack', ...event)).said).toContain(
      'no output EventBusName',
    );
  });

  it("passes on CloudFormation's own complaint about parameters", async () => {
    cloudFormation
      .on(CreateStackCommand)
      .rejects(refuses('Name the events - give Sources or DetailTypes'));
    const { exitCode, said } = await run('deploy', 'slack', '--secret', 'slack');
    expect(exitCode).toBe(2);
    expect(said).toContain('Name the events - give Sources or DetailTypes');
  });
});

describe('npm run destination -- remove', () => {
  it("deletes the destination's stack and nothing else", async () => {
    becomes('DELETE_COMPLETE');
    cloudFormation.on(DeleteStackCommand).resolves({});
    expect(await run('remove', 'slack')).toEqual({ exitCode: 0, said: 'slack is removed.' });
    const names = cloudFormation
      .commandCalls(DeleteStackCommand)
      .map(({ args: [{ input }] }) => input.StackName);
    expect(names).toEqual([SLACK]);
  });
});

describe('npm run destination -- secret', () => {
  const file = join(folder, 'secret.json');

  it('makes a secret of a file, or a new version of it, and shows no value', async () => {
    writeFileSync(file, '{"apiKey": "xoxb-1"}');
    secrets.on(CreateSecretCommand).resolves({ ARN: SECRET, VersionId: 'one' });
    const made = await run('secret', 'slack', '--file', file);
    expect(made).toEqual({ exitCode: 0, said: `ARN: ${SECRET}\nVersion id: one` });
    secrets
      .on(CreateSecretCommand)
      .rejects(new ResourceExistsException({ message: 'exists', $metadata: {} }))
      .on(PutSecretValueCommand)
      .resolves({ ARN: SECRET, VersionId: 'two' });
    expect((await run('secret', 'slack', '--file', file)).said).toContain('Version id: two');
    const [put] = secrets.commandCalls(PutSecretValueCommand);
    expect(put?.args[0].input).toEqual({ SecretId: 'slack', SecretString: '{"apiKey": "xoxb-1"}' });
  });

  it.each(['xoxb-1', '["xoxb-1"]', '{"apiKey": {"value": "xoxb-1"}}'])(
    'refuses %s without repeating it',
    async (text) => {
      writeFileSync(file, text);
      const { exitCode, said } = await run('secret', 'slack', '--file', file);
      expect(exitCode).toBe(2);
      expect(said).toContain('must hold a JSON object');
      expect(said).not.toContain('xoxb');
    },
  );
});

describe('npm run destination -- send', () => {
  it('puts the event of a file on the bus', async () => {
    events.on(PutEventsCommand).resolves({ Entries: [{ EventId: '1' }] });
    const { said } = await run('send', 'events/bus-order-placed.json');
    expect(said).toBe('Event 1 is on the bus.');
    const [put] = events.commandCalls(PutEventsCommand);
    expect(put?.args[0].input.Entries).toMatchObject([
      { EventBusName: 'bus', Source: 'com.example.shop', DetailType: 'Order Placed' },
    ]);
  });

  it('says what is wrong with the file, or with the event', async () => {
    expect((await run('send', 'package.json')).said).toContain('package.json is no event');
    events.on(PutEventsCommand).resolves({ Entries: [{ ErrorCode: 'ThrottlingException' }] });
    const { exitCode, said } = await run('send', 'events/bus-order-placed.json');
    expect([exitCode, said]).toEqual([1, expect.stringContaining('ThrottlingException')]);
  });
});
