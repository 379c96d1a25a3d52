import { DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { createRoutes } from '../../console/server/all-routes.ts';
import { root } from '../../local/stack/paths.ts';
import { fakeStack, startConsole } from './harness.ts';

function scene() {
  const aws = fakeStack({}, { ApiCallQueueUrl: 'https://queue' });
  aws.cloudFormation.on(DescribeStackResourceCommand).resolves({
    StackResourceDetail: {
      LogicalResourceId: 'x',
      PhysicalResourceId: 'physical',
      ResourceType: 'x',
      LastUpdatedTimestamp: new Date(0),
      ResourceStatus: 'CREATE_COMPLETE',
    },
  });
  const Attributes = { MessageRetentionPeriod: '1209600', ApproximateNumberOfMessages: '3' };
  aws.sqs.on(GetQueueAttributesCommand).resolves({ Attributes });
  aws.dynamoDb.on(GetItemCommand).resolves({}).on(UpdateItemCommand).resolves({});
  aws.lambda
    .on(GetEventSourceMappingCommand)
    .resolves({ State: 'Enabled' })
    .on(UpdateEventSourceMappingCommand)
    .resolves({});
  return aws;
}

const routes = createRoutes({ canSteer: true, root });

describe('a console that only looks', () => {
  it.each(Object.keys(routes.actions))('refuses %s, and calls nothing', async (path) => {
    const aws = scene();
    const { post } = await startConsole({ clients: aws.clients });
    const { status, body } = await post(path, {});
    expect(status).toBe(403);
    expect(body).toMatchObject({ kind: 'read-only', remedy: 'npm run console -- --steer' });
    for (const mock of Object.values(aws.mocks)) expect(mock.calls()).toHaveLength(0);
  });

  it('refuses every action but trying a mapping', () => {
    expect(Object.keys(routes.trials)).toEqual(['mappings/try']);
  });
});

describe('POST pause and resume', () => {
  it('pause for as long as they are told, and say what follows', async () => {
    const { clients, dynamoDb, lambda } = scene();
    const { post } = await startConsole({ clients, canSteer: true });
    const { status, body } = await post('pause', { minutes: 30, reason: 'release' });
    expect(status).toBe(200);
    expect(body).toEqual({
      results: { paused: 1 },
      summary: expect.stringMatching(
        /^salesforce-eventbridge is paused .*release.* 3 messages in ApiCallQueue/,
      ),
    });
    expect(dynamoDb.commandCalls(UpdateItemCommand)).toHaveLength(1);
    const [call] = lambda.commandCalls(UpdateEventSourceMappingCommand);
    expect(call?.args[0].input).toMatchObject({ Enabled: false });
  });

  it('resume starts the poller again', async () => {
    const { clients, lambda } = scene();
    lambda.on(GetEventSourceMappingCommand).resolves({ State: 'Disabled' });
    const { post } = await startConsole({ clients, canSteer: true });
    expect((await post('resume', {})).body).toMatchObject({ results: { resumed: 1 } });
    const [call] = lambda.commandCalls(UpdateEventSourceMappingCommand);
    expect(call?.args[0].input).toMatchObject({ Enabled: true });
  });

  it.each([
    { minutes: 0 },
    { minutes: 1.5 },
    { minutes: '30' },
    { for: 3 },
    { reason: 'x'.repeat(301) },
  ])('refuse %j', async (body) => {
    const { clients, dynamoDb } = scene();
    const { post } = await startConsole({ clients, canSteer: true });
    expect(await post('pause', body)).toMatchObject({ status: 400, body: { kind: 'invalid' } });
    expect(dynamoDb.commandCalls(UpdateItemCommand)).toHaveLength(0);
  });

  it('are read anew after it', async () => {
    const { clients, cloudFormation } = scene();
    const { get, post } = await startConsole({ clients, canSteer: true });
    await get('stack');
    const before = cloudFormation.calls().length;
    await get('stack');
    expect(cloudFormation.calls()).toHaveLength(before);
    await post('resume', {});
    const after = cloudFormation.calls().length;
    await get('stack');
    expect(cloudFormation.calls().length).toBeGreaterThan(after);
  });
});
