import { DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetEventSourceMappingCommand,
  ResourceInUseException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { pauseIn } from '../../../functions/common/pause.ts';
import { updateState } from '../../functions/state-item.ts';
import { describedStack, mockAws, type Texts } from '../harness.ts';
import { run } from './harness.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Options {
  readonly parameters?: Texts;
  /** A pause that there is already. */
  readonly since?: number;
  readonly until?: number;
  readonly state?: string;
}

/** A stack with a queue of three messages, its poller, and its table. */
function scene({
  parameters = {},
  since,
  until = Date.now() + HOUR,
  state = 'Enabled',
}: Options = {}) {
  const stack = describedStack({ ApiCallQueueUrl: 'https://queue' }, parameters);
  const aws = mockAws(stack);
  const resource = {
    LastUpdatedTimestamp: new Date(0),
    ResourceStatus: 'CREATE_COMPLETE',
  } as const;
  aws.cloudFormation
    .on(DescribeStackResourceCommand)
    .callsFake(async ({ LogicalResourceId: id }) => ({
      StackResourceDetail: { ...resource, LogicalResourceId: id, PhysicalResourceId: `of ${id}` },
    }));
  const Attributes = {
    MessageRetentionPeriod: '1209600',
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesNotVisible: '2',
    ApproximateNumberOfMessagesDelayed: '0',
  };
  aws.sqs.on(GetQueueAttributesCommand).resolves({ Attributes });
  const before = { since: { N: String(since) }, until: { N: String(until) }, reason: { S: 'old' } };
  const table: { item: Record<string, AttributeValue> | undefined } = {
    item: since === undefined ? undefined : { pause: { M: before } },
  };
  aws.dynamoDb
    .on(GetItemCommand, { TableName: 'of IdempotencyTable' })
    .callsFake(async () => ({ Item: table.item }));
  aws.dynamoDb
    .on(UpdateItemCommand, { TableName: 'of IdempotencyTable' })
    .callsFake(async (input) => {
      table.item = updateState(table.item, input);
      return {};
    });
  const UUID = 'of SalesforceApiCallFunctionApiCallQueue';
  const poller = { state };
  aws.lambda
    .on(GetEventSourceMappingCommand, { UUID })
    .callsFake(async () => ({ State: poller.state }));
  aws.lambda.on(UpdateEventSourceMappingCommand, { UUID }).callsFake(async ({ Enabled }) => {
    poller.state = Enabled ? 'Enabling' : 'Disabling';
    return {};
  });
  const cli = (...args: string[]) => run(args, { clients: aws.clients });
  return { ...aws, cli, poller, pause: () => pauseIn(table.item) };
}

const busy = new ResourceInUseException({ message: 'in use', $metadata: {} });

describe('salesforce pause', () => {
  it('names the command that ends it for the same stack', async () => {
    const { output } = await scene().cli('pause', '--for', '2h', '--local');
    expect(output).toContain('now with npm run salesforce -- resume --local.');
  });

  it('writes the pause, stops the poller, and says what waits and how it ends', async () => {
    const { cli, pause, poller } = scene();
    const { exitCode, output } = await cli('pause', '--for', '2h', '--reason', 'release');
    expect(output).toMatch(
      /^salesforce-eventbridge is paused since \S+, until \S+ \(release\)\.\n3 messages in ApiCallQueue/,
    );
    expect(output).toContain('It ends by itself in 2h, or now with npm run salesforce -- resume.');
    expect(output).not.toContain('Alarm');
    expect([exitCode, poller.state]).toEqual([0, 'Disabling']);
    const { since, until } = pause() ?? {};
    expect(Number(until) - Number(since)).toBe(2 * HOUR);
  });

  it('has JSON for scripts', async () => {
    const { cli } = scene();
    const { output } = await cli('pause', '--for', '30m', '--json');
    expect(JSON.parse(output)).toEqual({
      command: 'salesforce pause',
      ok: true,
      result: { pause: { since: expect.any(String), until: expect.any(String) }, messages: 3 },
    });
  });

  it('ends without --for a day before the requests expire', async () => {
    const { cli, pause } = scene();
    await cli('pause');
    expect(Number(pause()?.until) - Number(pause()?.since)).toBe(13 * DAY);
  });

  it('keeps the beginning and the reason of a pause that goes on', async () => {
    const since = Date.now() - HOUR;
    const { cli, pause } = scene({ since, state: 'Disabled' });
    expect((await cli('pause', '--for', '5h')).exitCode).toBe(0);
    expect(pause()).toMatchObject({ since: new Date(since), reason: 'old' });
    expect(Number(pause()?.until)).toBeGreaterThan(Date.now() + 4 * HOUR);
  });

  it.each([
    ['14d', {}, /--for is too long: requests expire 14 days .* Pass at most 312h\./],
    ['12d', { parameters: { RetentionMarginHours: '168' } }, /Pass at most 168h\./],
    ['2d', { since: Date.now() - 12 * DAY }, /has been paused since .* or resume first/],
    [`${'9'.repeat(400)}d`, {}, /--for is too long/],
  ])(
    'refuses --for %.6s that lets requests expire, and changes nothing',
    async (text, at, error) => {
      const { cli, dynamoDb, lambda } = scene(at);
      const { exitCode, output } = await cli('pause', '--for', text);
      expect(output).toMatch(error);
      expect(exitCode).toBe(2);
      expect([dynamoDb.commandCalls(UpdateItemCommand), lambda.calls()]).toEqual([[], []]);
    },
  );

  it.each([
    ['--for', 'soon', 'Pass a duration such as 90m'],
    ['--for', '0h', 'Pass a duration such as 90m'],
    ['--for', '-2h', 'Pass a duration such as 90m'],
    ['--reason', 'a\nb', 'Pass up to 200 characters'],
    ['--reason', 'x'.repeat(201), 'Pass up to 200 characters'],
  ])('refuses %s %j', async (option, text, error) => {
    const { exitCode, output } = await run(['pause', `${option}=${text}`]);
    expect([exitCode, output]).toEqual([2, expect.stringContaining(error)]);
  });

  it('is in force even if Lambda is busy, and says so', async () => {
    const { cli, lambda, pause } = scene({ state: 'Enabling' });
    lambda.on(UpdateEventSourceMappingCommand).rejects(busy);
    lambda.on(GetEventSourceMappingCommand).resolves({ State: 'Updating' });
    const { exitCode, output } = await cli('pause', '--for', '30m');
    expect(output).toContain('Lambda is changing the poller at the moment');
    expect([exitCode, pause() === undefined]).toEqual([0, false]);
  });

  it('says that nothing ends it where the reprocessor has no schedule', async () => {
    const { cli } = scene({ parameters: { ReprocessorState: 'DISABLED' } });
    const { output } = await cli('pause');
    expect(output).toContain('has no schedule (ReprocessorState)');
    expect(output).toContain('it raises ApiCallQueueAgeAlarm');
  });

  it('names the policy that an operator lacks, and who else changed the pause', async () => {
    const denied = scene();
    denied.dynamoDb
      .on(GetItemCommand)
      .rejects(Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' }));
    expect((await denied.cli('pause')).output).toContain('docs/policies/operator.json');
    const raced = scene();
    const failed = new ConditionalCheckFailedException({ message: 'failed', $metadata: {} });
    raced.dynamoDb.on(UpdateItemCommand).rejects(failed);
    expect((await raced.cli('pause')).output).toContain('run the command again');
  });
});

describe('salesforce resume', () => {
  it('starts the poller, and removes the pause', async () => {
    const { cli, pause, poller } = scene({ since: Date.now() - HOUR, state: 'Disabled' });
    const { exitCode, output } = await cli('resume');
    expect(output).toMatch(
      /^salesforce-eventbridge is resumed\. .*: 3 messages in ApiCallQueue\.$/,
    );
    expect([exitCode, poller.state, pause()]).toEqual([0, 'Enabling', undefined]);
  });

  it('starts a poller that was switched off by hand', async () => {
    const { cli, poller } = scene({ state: 'Disabled' });
    const { output } = await cli('resume', '--json');
    expect(JSON.parse(output)).toEqual({
      command: 'salesforce resume',
      ok: true,
      result: { pause: null, messages: 3 },
    });
    expect(poller.state).toBe('Enabling');
    expect((await cli('resume')).output).toContain('was not paused');
  });

  it('ends the pause for callers at once while Lambda is busy, and leaves the rest to the next run', async () => {
    const { cli, lambda, pause } = scene({ since: Date.now() - HOUR, state: 'Disabling' });
    lambda.on(UpdateEventSourceMappingCommand).rejects(busy);
    lambda.on(GetEventSourceMappingCommand).resolves({ State: 'Disabling' });
    const { exitCode, output } = await cli('resume');
    expect([exitCode, output]).toEqual([1, expect.stringContaining('again in a minute')]);
    expect(Number(pause()?.until)).toBeLessThanOrEqual(Date.now());
  });
});
