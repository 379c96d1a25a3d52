import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { createNodeMiddleware, Webhooks } from '@octokit/webhooks';
import { printFigures } from '../figures.ts';
import { putEvent, readSecret } from './aws.ts';

/** One cold start of Octokit's middleware: receives the webhook in a file over HTTP, publishes it, and exits. */
const [, , eventFile = ''] = process.argv;
const { headers, body, isBase64Encoded } = Object(JSON.parse(readFileSync(eventFile, 'utf8')));
const payload = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');

const webhooks = new Webhooks({ secret: await readSecret() });
webhooks.onAny(({ name, payload: detail }) => putEvent('github.com', name, JSON.stringify(detail)));
const server = createServer(createNodeMiddleware(webhooks, { path: '/' }));
server.listen(0, '127.0.0.1', () => {
  const { port } = Object(server.address());
  const sent = request({ port, method: 'POST', path: '/', headers }, ({ statusCode }) => {
    printFigures();
    process.exit(statusCode === 200 ? 0 : 1);
  });
  sent.end(payload);
});
