import { createServer } from 'node:http';
import { buffer, json } from 'node:stream/consumers';
import { createQueues } from './queues.ts';

/**
 * A stub of the AWS APIs that the functions call (Secrets Manager, EventBridge, DynamoDB, and SQS, with their JSON
 * protocols, and S3's PutObject). It responds at once, so that only the caller is measured. Runs as a separate process and prints its port.
 * `GET /calls` returns the number of requests by action since the last such request.
 */
const secret = process.env['SECRET'] ?? '';
const created = Date.now() / 1_000 - 30 * 86_400;
const VERSION = '00000000-0000-0000-0000-000000000001';
const named = { ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:bench', Name: 'bench' };

type Answer = (body: Readonly<Record<string, unknown>>) => object;

const answers: Readonly<Record<string, Answer>> = {
  'secretsmanager.GetSecretValue': () => ({
    ...named,
    VersionId: VERSION,
    SecretString: secret,
    VersionStages: ['AWSCURRENT'],
    CreatedDate: created,
  }),
  'secretsmanager.DescribeSecret': () => ({
    ...named,
    VersionIdsToStages: { [VERSION]: ['AWSCURRENT'] },
    CreatedDate: created,
  }),
  'AWSEvents.PutEvents': ({ Entries }) => ({
    FailedEntryCount: 0,
    Entries: Array.isArray(Entries)
      ? Entries.map((_, index) => ({ EventId: `event-${index}` }))
      : [],
  }),
  // Reads find nothing and writes succeed, because no event of a bench occurs twice.
  'DynamoDB_20120810.GetItem': () => ({}),
  'DynamoDB_20120810.PutItem': () => ({}),
  'DynamoDB_20120810.UpdateItem': () => ({}),
  'DynamoDB_20120810.DeleteItem': () => ({}),
  ...createQueues(),
};

let calls: Record<string, number> = {};

const server = createServer(async (request, response) => {
  if (request.url === '/calls') {
    response.end(JSON.stringify(calls));
    calls = {};
    return;
  }
  if (request.method === 'PUT') {
    // A client that waits too long ends the upload.
    await buffer(request).catch(() => undefined);
    calls['S3.PutObject'] = (calls['S3.PutObject'] ?? 0) + 1;
    response.end();
    return;
  }
  const action = String(request.headers['x-amz-target']);
  const answer = answers[action];
  const body = Object(await json(request));
  calls[action] = (calls[action] ?? 0) + 1;
  response.writeHead(answer ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(answer?.(body) ?? { __type: 'UnknownOperationException' }));
});
server.listen(0, '127.0.0.1', () => console.log(Object(server.address()).port));
