import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourceCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { UpdateConnectionCommand } from '@aws-sdk/client-eventbridge';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openQueue } from '../../local/demo/queues.ts';
import { startReceiver } from '../../local/receiver/receiver.ts';
import { root } from '../../local/stack/paths.ts';
import { waitFor } from '../../local/stack/wait.ts';
import {
  changeParameters,
  client,
  events,
  messageIn,
  observer,
  org,
  reprocessOne,
  send,
  stack,
  uniqueId,
} from './harness.ts';

const order = JSON.parse(readFileSync(join(root, 'events/bus-order-placed.json'), 'utf8'));
const estimate = JSON.parse(readFileSync(join(root, 'events/bus-platform-event.json'), 'utf8'));
const receiver = await startReceiver();
const cloudFormation = new CloudFormationClient(client);

/** A topic, and a queue that receives its messages. */
const listeners = {
  Resources: {
    Topic: { Type: 'AWS::SNS::Topic' },
    Queue: { Type: 'AWS::SQS::Queue' },
    QueuePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Queue' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { Service: 'sns.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            Condition: { ArnEquals: { 'aws:SourceArn': { Ref: 'Topic' } } },
          },
        },
      },
    },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        Protocol: 'sqs',
        TopicArn: { Ref: 'Topic' },
        Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
        RawMessageDelivery: true,
      },
    },
  },
};

const idOf = async (StackName: string, LogicalResourceId: string): Promise<string> => {
  const command = new DescribeStackResourceCommand({ StackName, LogicalResourceId });
  const { StackResourceDetail } = await cloudFormation.send(command);
  return StackResourceDetail?.PhysicalResourceId ?? '';
};

async function makeTopic(): Promise<string> {
  const StackName = 'listeners';
  const TemplateBody = JSON.stringify(listeners);
  await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody }));
  await waitUntilStackCreateComplete(
    { client: cloudFormation, maxWaitTime: 120, minDelay: 1 },
    { StackName },
  );
  return idOf(StackName, 'Topic');
}

async function makeSecret(): Promise<{ arn: string; versionId: string }> {
  const { ARN = '', VersionId = '' } = await new SecretsManagerClient(client).send(
    new CreateSecretCommand({ Name: 'broker', SecretString: '{"apiKey": "Token 1"}' }),
  );
  return { arn: ARN, versionId: VersionId };
}

beforeAll(async () => {
  const [AlarmTopicArn, secret] = await Promise.all([makeTopic(), makeSecret()]);
  await changeParameters({
    AlarmTopicArn,
    CloudEventsEndpoint: `${receiver.url}/broker?tenant=eu`,
    CloudEventsSecretArn: secret.arn,
    CloudEventsSecretVersionId: secret.versionId,
    CloudEventsSources: 'com.example.shop',
    ConnectionGrantType: 'password',
    DestinationMaxRetryAttempts: '2',
  });
});

afterAll(async () => {
  await changeParameters({
    AlarmTopicArn: '',
    CloudEventsEndpoint: '',
    CloudEventsSecretArn: '',
    CloudEventsSecretVersionId: '',
    CloudEventsSources: '*',
    ConnectionGrantType: 'client_credentials',
    DestinationMaxRetryAttempts: '185',
  });
  await cloudFormation.send(new DeleteStackCommand({ StackName: 'listeners' }));
  await receiver.close();
});

const received = (id: string) =>
  waitFor('the CloudEvent', async () =>
    receiver.requests.find(({ body }) => JSON.parse(body).id === id),
  );

describe('CloudEvents over HTTP', () => {
  it('arrive in structured mode, with every required attribute and the text unchanged', async () => {
    const id = await send(order, order.detail);
    const { body, headers, method, path } = await received(id);
    expect([method, path]).toEqual(['POST', '/broker?tenant=eu']);
    expect(headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=UTF-8',
      authorization: 'Token 1',
    });
    expect(JSON.parse(body)).toEqual({
      specversion: '1.0',
      id,
      source: 'com.example.shop',
      type: 'Order Placed',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/),
      datacontenttype: 'application/json',
      data: order.detail,
    });
  });

  it('are only those whose source is named', async () => {
    await send({ ...order, source: 'another' }, order.detail);
    await received(await send(order, order.detail));
    const sources = receiver.requests.map(({ body }) => JSON.parse(body).source);
    expect(new Set(sources)).toEqual(new Set(['com.example.shop']));
  });
});

describe('the password flow', () => {
  it('still logs in, for orgs that have it', async () => {
    const marker = uniqueId();
    await send(estimate, { Marker__c: marker });
    const found = await waitFor('the platform event', async () =>
      (await org.records(estimate['detail-type'])).find((record) => record['Marker__c'] === marker),
    );
    expect(found).toBeDefined();
  });
});

describe('a connection that is no longer authorized', () => {
  it('is announced by the topic and on the bus, and its events are dead-lettered', async () => {
    receiver.answer('/broker', 401);
    const id = await send(order, order.detail);
    const message = await messageIn('rule', id, '-cloudevents');
    const name = await idOf('salesforce-eventbridge', 'CloudEventsConnection');
    const event = await waitFor('the event of the connection', () =>
      observer.find(({ detail }) => detail['ConnectionName'] === name),
    );
    expect(event).toMatchObject({ source: 'aws.events', 'detail-type': 'Connection Deauthorized' });
    const queue = openQueue(stack.endpoint, await idOf('listeners', 'Queue'));
    // The topic announces alarms as well.
    const text = `salesforce-eventbridge: Connection Deauthorized, ${name}, `;
    await waitFor('the message of the topic', async () =>
      (await queue.messages(name)).find(({ Body = '' }) =>
        String(JSON.parse(Body)).startsWith(text),
      ),
    );
    receiver.answer('/broker', 200);
    const ApiKeyAuthParameters = { ApiKeyName: 'Authorization', ApiKeyValue: 'Token 2' };
    await events.send(
      new UpdateConnectionCommand({ Name: name, AuthParameters: { ApiKeyAuthParameters } }),
    );
    await reprocessOne('rule', message);
    const redriven = await waitFor('the CloudEvent, redriven', async () =>
      receiver.requests.find(({ headers }) => headers['authorization'] === 'Token 2'),
    );
    expect(JSON.parse(redriven.body)).toMatchObject({ id, data: order.detail });
  });
});

describe('a receiver of every source that answers 404', () => {
  it('gets each event once, and neither announcements nor what imitates a redriven event', async () => {
    await changeParameters({ CloudEventsSources: '*' });
    receiver.answer('/broker', 404);
    const id = await send({ ...order, source: 'another' }, order.detail);
    const message = await messageIn('rule', id, '-cloudevents');
    await reprocessOne('rule', message, 'parked');
    await waitFor('the announcement', () =>
      observer.find(({ detail }) => detail['id'] === message.MessageId),
    );
    const imitation = { source: 'salesforce-eventbridge.redrive', 'detail-type': 'Order Placed' };
    const imitated = await send(imitation, { event: order });
    await waitFor('the imitation', () => observer.find((event) => event.id === imitated));
    await received(await send(order, order.detail));
    const posted = receiver.requests.map(({ body }) => JSON.parse(body));
    expect(posted.filter((event) => event.id === id)).toHaveLength(1);
    const sources = posted.map(({ source }) => String(source));
    expect(sources.filter((source) => source.startsWith('salesforce-eventbridge'))).toEqual([]);
  });
});
