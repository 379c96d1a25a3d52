import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { CreationTime, MAIN, SECRET, SLACK, useDestinations } from './harness.ts';

const { cloudFormation, destinationIs, folder, run, secretsManager } = useDestinations();

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
