import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * The two AWS APIs that a webhook function calls, answered at once, so that what is measured is the caller: Secrets
 * Manager (GetSecretValue, DescribeSecret) and EventBridge (PutEvents). A process of its own; prints its port.
 */
const [secret = ''] = process.argv.slice(2);
const created = Date.now() / 1_000 - 30 * 86_400;
const versions = { '00000000-0000-0000-0000-000000000001': ['AWSCURRENT'] };
const ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:webhook';

const answers: Readonly<Record<string, () => object>> = {
  'secretsmanager.GetSecretValue': () => ({
    ARN,
    Name: 'webhook',
    VersionId: '00000000-0000-0000-0000-000000000001',
    SecretString: secret,
    VersionStages: ['AWSCURRENT'],
    CreatedDate: created,
  }),
  'secretsmanager.DescribeSecret': () => ({
    ARN,
    Name: 'webhook',
    VersionIdsToStages: versions,
    CreatedDate: created,
  }),
  'AWSEvents.PutEvents': () => ({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] }),
};

const server = createServer((request, response) => {
  const answer = answers[String(request.headers['x-amz-target'])];
  text(request).then(() => {
    response.writeHead(answer ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(answer?.() ?? { __type: 'UnknownOperation' }));
  });
});
server.listen(0, '127.0.0.1', () => console.log(Object(server.address()).port));
