import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { startSimulator } from '../../../local/salesforce/server.ts';
import { makeOrgCredentials, salesforceSecretOf } from '../../../local/stack/simulator.ts';
import { sqsRecord } from '../../functions/salesforce-apicall/harness.ts';
import { queues } from './queues.ts';

const org = makeOrgCredentials();
const { url, close } = await startSimulator({ org });

mockClient(SecretsManagerClient)
  .on(GetSecretValueCommand)
  .resolves({ SecretString: salesforceSecretOf(url, org), CreatedDate: new Date() });
const table = mockClient(DynamoDBClient);
const attempts = { Attributes: { attempts: { N: '9' } } };
table.resolves({}).on(UpdateItemCommand).resolves(attempts);
const bus = mockClient(EventBridgeClient);
bus.resolves({ FailedEntryCount: 0, Entries: [{ EventId: 'reply-1' }] });
const queue = queues();

// Imported here because the module reads its configuration on import.
const { handler } = await import('../../../functions/salesforce-apicall/index.ts');
const context = Object({ getRemainingTimeInMillis: () => 60_000, awsRequestId: 'invocation-1' });

let count = 0;
const send = (request: object) => {
  count += 1;
  const options = { messageId: `message-${count}` };
  return handler({ Records: [sqsRecord(request, options)] }, context);
};
const fault = (body: object) =>
  fetch(`${url}/__sim/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const idempotencyKey = 'stack-github-issue/urn:webhook:github:delivery:delivery-1';
const create = {
  action: 'POST',
  resource: 'sobjects',
  object: 'Case',
  payload: { Subject: 'text' },
  idempotencyKey,
};
const read = { action: 'GET', resource: 'limits' };

await send(create);
const type = 'io.triggermesh.salesforce.apicall';
await send({ id: 'event-1', source: 'stack', 'detail-type': type, detail: create });
await send({ ...create, payload: {}, object: 'Contact', idempotencyKey: 'another' });

const breaker = (reason: string) => ({
  Item: {
    id: { S: 'breaker' },
    reason: { S: reason },
    openUntil: { N: String(Date.now() + 60_000) },
    times: { N: '1' },
  },
});
for (const reason of ['limit', 'login']) {
  table.on(GetItemCommand).resolves(breaker(reason));
  await send(read);
}
table.on(GetItemCommand).resolves({});
await fault({ status: 403, errorCode: 'REQUEST_LIMIT_EXCEEDED' });
await send(read);
// The call and the query after it, each a second time after a new login.
const everyCall = { path: '/limits|/query' };
await fault({ match: everyCall, status: 401, errorCode: 'INVALID_SESSION_ID', times: 4 });
await send(read);

const { create: createFunction, readEnvironment } = await import(
  '../../../functions/salesforce-apicall/wiring.ts'
);
const { log } = await import('../../../functions/common/logger.ts');
const mapped = createFunction(
  { ...readEnvironment(), mappings: ['*'] },
  {
    sqs: new SQSClient(),
    dynamoDb: new DynamoDBClient(),
    callSalesforce: async () => ({ status: 201, headers: {}, body: { id: '500', success: true } }),
    publish: async () => [],
    readObject: async () => Buffer.from('{}'),
    mappings: [
      {
        name: 'example',
        description: 'An example',
        priority: 'normal',
        on: {
          source: ['github.com'],
          'detail-type': ['issues'],
          detail: { id: [{ exists: true }] },
        },
        let: [],
        steps: [
          {
            verb: 'create',
            name: 'create-Case',
            object: 'Case',
            nulls: 'clear',
            fields: { Subject: { source: '$number(detail.id)', place: 'fields.Subject' } },
          },
        ],
      },
    ],
    log,
  },
);
const busEvent = { source: 'github.com', 'detail-type': 'issues', resources: [] };
const events = [{ id: '1' }, { id: 'not a number' }, {}];
await mapped.handleBatch(
  events.map((detail, index) =>
    sqsRecord({ ...busEvent, id: `event-${index}`, detail }, { messageId: `mapped-${index}` }),
  ),
  () => 60_000,
);

bus.rejects(new Error('the bus is away'));
queue.reset();
queue.rejects(new Error('the queue is away'));
await send(read);
await close();
