import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type StackStatus,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../cli/destination/program.ts';
import { describedStack, mockAws } from '../harness.ts';

const mainStack = describedStack(
  { EventBusName: 'bus', RedriveBusName: 'bus-redrive', RuleDlqArn: 'dlq' },
  { AlarmTopicArn: 'topic' },
);
const aws = mockAws(mainStack);
const { cloudFormation, eventBridge, secretsManager } = aws;
const folder = mkdtempSync(join(tmpdir(), 'destination-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MAIN = 'salesforce-eventbridge';
const SLACK = `${MAIN}-to-slack`;
const SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:slack';
const CreationTime = new Date(0);

const destinationIs = (StackStatus: StackStatus): void => {
  cloudFormation
    .on(DescribeStacksCommand, { StackName: SLACK })
    .resolves({ Stacks: [{ StackName: SLACK, CreationTime, StackStatus }] });
};

async function run(...args: string[]) {
  const lines: string[] = [];
  const write = (text: string) => lines.push(text);
  const createClients = async () => aws.clients;
  const exitCode = await main(args, { print: write, log: write, createClients });
  return { exitCode, output: lines.join('\n') };
}

const createdParameters = (): Record<string, string> => {
  const [call] = cloudFormation.commandCalls(CreateStackCommand);
  const { Parameters = [] } = call?.args[0].input ?? {};
  return Object.fromEntries(
    Parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
  );
};

const values = {
  DetailTypes: 'Order Placed',
  Authorization: 'API_KEY',
  ApiKeyName: 'x-api-key',
  Endpoint: 'https://shop.example/orders',
};
const toOptions = (parameters: Readonly<Record<string, string>>): string[] =>
  Object.entries(parameters).flatMap(([name, value]) => ['--parameter', `${name}=${value}`]);
const event = toOptions(values);

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

describe('npm run destination -- deploy', () => {
  it('attaches the destination to the main stack, with the current version of its secret', async () => {
    const { exitCode, output } = await run('deploy', 'slack', '--secret', 'slack', ...event);
    expect([exitCode, output]).toEqual([0, `${SLACK}: created.`]);
    expect(createdParameters()).toEqual({
      DestinationName: 'slack',
      EventBusName: 'bus',
      RedriveBusName: 'bus-redrive',
      RuleDlqArn: 'dlq',
      AlarmTopicArn: 'topic',
      PermissionsBoundaryArn: '',
      KmsKeyArn: '',
      SecretArn: SECRET,
      SecretVersionId: 'new',
      ...values,
    });
  });

  it("overrides a partner's values with those of files, and both with single ones", async () => {
    const file = join(folder, 'values.yaml');
    writeFileSync(file, 'Path1: $.detail.text\nRateLimit: 5\n');
    const options = ['--partner', 'slack', '--values', file, ...toOptions({ RateLimit: '7' })];
    await run('deploy', 'slack', '--secret', 'slack', ...options, '--parameter', 'DetailTypes=a');
    expect(createdParameters()).toMatchObject({
      Endpoint: 'https://slack.com/api/chat.postMessage',
      ApiKeyScheme: 'Bearer',
      Path1: '$.detail.text',
      RateLimit: '7',
    });
  });

  it('updates an existing destination, and reports when nothing has changed', async () => {
    cloudFormation.on(UpdateStackCommand).resolves({});
    destinationIs('UPDATE_COMPLETE');
    const deploy = () => run('deploy', 'slack', '--secret', 'slack', ...event);
    expect((await deploy()).output).toBe(`${SLACK}: updated.`);
    cloudFormation.on(UpdateStackCommand).rejects(new Error('No updates are to be performed.'));
    expect((await deploy()).output).toBe(`${SLACK}: unchanged.`);
    expect(cloudFormation.commandCalls(CreateStackCommand)).toHaveLength(0);
  });

  it('reports why CloudFormation rolled back', async () => {
    destinationIs('ROLLBACK_COMPLETE');
    const failed = { LogicalResourceId: 'Connection', ResourceStatusReason: 'No field apiKey.' };
    const event_ = { StackId: '1', EventId: '1', StackName: SLACK, Timestamp: CreationTime };
    cloudFormation
      .on(DescribeStackEventsCommand)
      .resolves({ StackEvents: [{ ...event_, ...failed, ResourceStatus: 'CREATE_FAILED' }] });
    const { exitCode, output } = await run('deploy', 'slack', '--secret', 'slack', ...event);
    expect(exitCode).toBe(1);
    expect(output).toBe(`${SLACK} was rolled back. Connection: No field apiKey.`);
  });

  it.each([
    ['a service that has ended', ['--partner', 'mongodb'], /MongoDB shut down the Atlas Data API/],
    ['an unknown partner', ['--partner', 'nobody'], /no partner nobody. Pass one of .*slack/],
    ['a misspelled partner', ['--partner', 'slak'], /no partner slak: did you mean slack\?/],
    ['a missing file', ['--values', 'none.yaml'], /none.yaml cannot be read/],
    [
      'a file that is not YAML',
      ['--values', 'cli/errors.ts'],
      /has invalid parameter values|not YAML/,
    ],
  ])('rejects %s', async (_what, options, message) => {
    const { exitCode, output } = await run('deploy', 'slack', '--secret', 'slack', ...options);
    expect(exitCode).toBe(2);
    expect(output).toMatch(message);
    expect(cloudFormation.commandCalls(CreateStackCommand)).toHaveLength(0);
  });

  it('rejects a secret without a value, and a stack of another kind', async () => {
    secretsManager.on(DescribeSecretCommand).resolves({ ARN: SECRET });
    expect((await run('deploy', 'slack', '--secret', 'slack', ...event)).output).toContain(
      'no value',
    );
    cloudFormation
      .on(DescribeStacksCommand, { StackName: MAIN })
      .resolves({ Stacks: [{ StackName: MAIN, CreationTime, StackStatus: 'CREATE_COMPLETE' }] });
    expect((await run('deploy', 'slack', '--secret', 'slack', ...event)).output).toContain(
      'no output EventBusName',
    );
  });

  it("reports CloudFormation's validation of the parameters", async () => {
    cloudFormation
      .on(CreateStackCommand)
      .rejects(new Error('Name the events - give Sources or DetailTypes'));
    const { exitCode, output } = await run('deploy', 'slack', '--secret', 'slack', ...event);
    expect(exitCode).toBe(2);
    expect(output).toContain('Name the events - give Sources or DetailTypes');
  });

  it.each([
    [{ Endpont: 'https://shop.example' }, 'There is no parameter Endpont: did you mean Endpoint?'],
    [{ RateLimit: '301' }, 'RateLimit "301" must be at most 300.'],
    [{ Authorization: 'APIKEY' }, 'OAUTH_CLIENT_CREDENTIALS: did you mean API_KEY?'],
    [{ DetailTypes: '*' }, 'Name the events - give Sources or DetailTypes'],
  ])('refuses %o before it calls AWS', async (changed, problem) => {
    const options = toOptions({ ...values, ...changed });
    const { exitCode, output } = await run('deploy', 'slack', '--secret', 'slack', ...options);
    expect(output).toContain(problem);
    expect(exitCode).toBe(2);
    expect(cloudFormation.commandCalls(DescribeStacksCommand)).toHaveLength(0);
  });

  it.each([
    ['salesforce-eventbridge', 30, undefined],
    ['salesforce-eventbridge-1', 30, 'has at most 28 characters'],
    ['s'.repeat(41), 11, undefined],
    ['s'.repeat(41), 30, 'has at most 11 characters'],
    ['s'.repeat(64), 1, 'leaves none for a destination'],
  ])(
    'with the stack %s, checks the rules of a destination of %i characters',
    async (stack, length, problem) => {
      cloudFormation.reset();
      cloudFormation.on(DescribeStacksCommand).rejects(new Error('No stack of this name'));
      const name = 'd'.repeat(length);
      const options = ['--secret', 'slack', '--stack-name', stack, ...event];
      const { output } = await run('deploy', name, ...options);
      if (problem === undefined) expect(output).not.toContain('characters');
      else expect(output).toContain(problem);
      expect(cloudFormation.commandCalls(DescribeStacksCommand).length > 0).toBe(
        problem === undefined,
      );
    },
  );
});

describe('npm run destination -- remove', () => {
  it("deletes only the destination's stack", async () => {
    destinationIs('DELETE_COMPLETE');
    cloudFormation.on(DeleteStackCommand).resolves({});
    expect(await run('remove', 'slack')).toEqual({ exitCode: 0, output: 'slack is removed.' });
    const names = cloudFormation
      .commandCalls(DeleteStackCommand)
      .map(({ args: [{ input }] }) => input.StackName);
    expect(names).toEqual([SLACK]);
  });
});

describe('npm run destination -- secret', () => {
  const file = join(folder, 'secret.json');

  it('creates a secret from a file, or a new version of it, and prints no value', async () => {
    writeFileSync(file, '{"apiKey": "xoxb-1"}');
    secretsManager.on(CreateSecretCommand).resolves({ ARN: SECRET, VersionId: 'one' });
    const created = await run('secret', 'slack', '--file', file);
    expect(created).toEqual({ exitCode: 0, output: `ARN: ${SECRET}\nVersion id: one` });
    secretsManager
      .on(CreateSecretCommand)
      .rejects(new ResourceExistsException({ message: 'exists', $metadata: {} }))
      .on(PutSecretValueCommand)
      .resolves({ ARN: SECRET, VersionId: 'two' });
    expect((await run('secret', 'slack', '--file', file)).output).toContain('Version id: two');
    const [put] = secretsManager.commandCalls(PutSecretValueCommand);
    expect(put?.args[0].input).toEqual({ SecretId: 'slack', SecretString: '{"apiKey": "xoxb-1"}' });
  });

  it.each(['xoxb-1', '["xoxb-1"]', '{"apiKey": {"value": "xoxb-1"}}'])(
    'rejects %s without printing it',
    async (text) => {
      writeFileSync(file, text);
      const { exitCode, output } = await run('secret', 'slack', '--file', file);
      expect(exitCode).toBe(2);
      expect(output).toContain('must contain a JSON object');
      expect(output).not.toContain('xoxb');
    },
  );
});

describe('npm run destination -- send', () => {
  it('puts the event of a file on the bus', async () => {
    eventBridge.on(PutEventsCommand).resolves({ Entries: [{ EventId: '1' }] });
    const { output } = await run('send', 'events/bus-order-placed.json');
    expect(output).toBe('Event 1 is on the bus.');
    const [put] = eventBridge.commandCalls(PutEventsCommand);
    expect(put?.args[0].input.Entries).toMatchObject([
      { EventBusName: 'bus', Source: 'com.example.shop', DetailType: 'Order Placed' },
    ]);
  });

  it('reports an invalid file, and an event that the bus rejects', async () => {
    expect((await run('send', 'package.json')).output).toContain('package.json is not an event');
    eventBridge.on(PutEventsCommand).resolves({ Entries: [{ ErrorCode: 'ThrottlingException' }] });
    const { exitCode, output } = await run('send', 'events/bus-order-placed.json');
    expect([exitCode, output]).toEqual([1, expect.stringContaining('ThrottlingException')]);
  });
});
