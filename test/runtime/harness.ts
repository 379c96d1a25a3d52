import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildFunction } from '../../build/function.ts';
import { buildLayer } from '../../build/layer.ts';
import { root } from '../../local/stack/paths.ts';
import { runtimeInterfaceClient } from '../tools.ts';

const taskRoot = (folder: string, functionName: string): string =>
  join(folder, functionName, 'var/task');

/** Builds the layer into `<folder>/opt` and the functions into `<folder>/<function>/var/task`, as on Lambda. */
export async function layOut(folder: string, functionNames: readonly string[]): Promise<void> {
  await buildLayer(join(folder, 'opt'));
  for (const functionName of functionNames)
    await buildFunction({
      functionName,
      outdir: taskRoot(folder, functionName),
      standalone: false,
    });
}

/** What a function made of its event: a response, or the error that the client reports. */
export interface Outcome {
  readonly kind: 'response' | 'error';
  readonly body: unknown;
}

/** Lambda's Runtime API: hands out one event, and waits for its outcome. */
async function startRuntimeApi(event: unknown) {
  const { promise: outcome, resolve } = Promise.withResolvers<Outcome>();
  let isPending = true;
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    if (path.endsWith('/next')) {
      // Lambda freezes a function until the next event.
      if (!isPending) return;
      isPending = false;
      response.writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': randomUUID(),
        'lambda-runtime-deadline-ms': String(Date.now() + 60_000),
        'lambda-runtime-invoked-function-arn':
          'arn:aws:lambda:us-east-1:000000000000:function:stack-function',
      });
      return void response.end(JSON.stringify(event));
    }
    const body = JSON.parse((await text(request)) || 'null');
    response.writeHead(202).end();
    resolve({ kind: path.endsWith('/response') ? 'response' : 'error', body });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { outcome, address: `127.0.0.1:${Object(server.address()).port}`, server };
}

/** A client that ends without an outcome could not start: its last words are the error. */
async function endOf(child: ChildProcess): Promise<Outcome> {
  const [[code], stderr] = await Promise.all([
    once(child, 'exit'),
    child.stderr ? text(child.stderr) : '',
  ]);
  return { kind: 'error', body: `The client exited with ${code}: ${stderr}` };
}

/** Has AWS's runtime interface client load a function from its folder, and handle an event. */
export async function handle(
  folder: string,
  functionName: string,
  event: unknown,
  environment: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const { outcome, address, server } = await startRuntimeApi(event);
  const hooks = join(root, 'test/runtime/hooks.ts');
  const child = spawn(
    process.execPath,
    ['--import', hooks, runtimeInterfaceClient.main, 'index.handler'],
    {
      cwd: taskRoot(folder, functionName),
      env: {
        ...environment,
        NODE_PATH: join(folder, 'opt/nodejs/node_modules'),
        LAMBDA_TASK_ROOT: taskRoot(folder, functionName),
        _HANDLER: 'index.handler',
        AWS_LAMBDA_RUNTIME_API: address,
        AWS_LAMBDA_FUNCTION_NAME: functionName,
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
        AWS_LAMBDA_LOG_FORMAT: 'JSON',
        AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
        AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
        // Only the native module could fetch events without it.
        AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1: 'true',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  try {
    return await Promise.race([outcome, endOf(child)]);
  } finally {
    child.kill('SIGKILL');
    server.closeAllConnections();
    server.close();
  }
}
