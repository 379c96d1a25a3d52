import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import Fastify from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { root } from '../../../local/stack/paths.ts';
import { FUNCTION } from './harness.ts';

const described = `<DescribeStacksResponse><DescribeStacksResult><Stacks><member>
  <StackName>stack</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-11-25T00:00:00Z</CreationTime>
  <Outputs><member><OutputKey>DlqReprocessorFunctionName</OutputKey><OutputValue>${FUNCTION}</OutputValue></member></Outputs>
</member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;

const report = {
  received: 500,
  results: { redriven: 500, parked: 0, dropped: 0, waiting: 0, skipped: 0, refused: 0, failed: 0 },
  byReason: { 'another try may help': 500 },
  left: { visible: 9_500, hidden: 0, delayed: 0 },
  stoppedBy: 'limit',
};
const response = {
  action: 'redrive',
  dryRun: false,
  queues: { apicall: report },
  durationMs: 1_000,
  cursor: 'e30',
};

let close: (() => Promise<unknown>) | undefined;
afterEach(() => close?.());

/** The parts of AWS that the command calls. An invocation is answered when the test calls `answer`. */
async function startAws({ isLost = false } = {}) {
  const server = Fastify();
  const waiting: (() => void)[] = [];
  let arrived = (): void => undefined;
  let invocations = 0;
  server.addContentTypeParser('*', (_request, _body, done) => done(null, undefined));
  server.post('/', (_request, reply) => reply.type('text/xml').send(described));
  server.post(`/2015-03-31/functions/${FUNCTION}/invocations`, async (_request, reply) => {
    invocations += 1;
    const answered = new Promise<void>((resolve) => waiting.push(resolve));
    arrived();
    await answered;
    if (isLost) return reply.raw.destroy();
    return response;
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  close = () => server.close();
  return {
    url,
    invocations: () => invocations,
    nextInvocation: () =>
      new Promise<void>((resolve) => {
        arrived = resolve;
      }),
    answer: () => waiting.shift()?.(),
  };
}

function start(url: string, ...options: string[]) {
  const env = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
  return execa(process.execPath, ['cli/dlq/index.ts', 'redrive', '--yes', '--json', ...options], {
    cwd: root,
    env,
    reject: false,
  });
}

describe('npm run dlq', () => {
  it('is a script that runs the command', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(scripts.dlq).toBe('node cli/dlq/index.ts');
  });
});

describe('a lost connection', () => {
  it('is reported as an unknown result, and starts no other invocation', async () => {
    const aws = await startAws({ isLost: true });
    const invoked = aws.nextInvocation();
    const process = start(aws.url);
    await invoked;
    aws.answer();
    const { exitCode, stdout, stderr } = await process;
    expect(stderr).toContain('The function did not respond');
    expect(JSON.parse(stdout)).toMatchObject({ result: { stoppedBy: 'error', queues: {} } });
    expect(exitCode).toBe(1);
    expect(aws.invocations()).toBe(1);
  });
});

describe('Ctrl-C in a running process', () => {
  it('once lets the running invocation finish, and reports what it did', async () => {
    const aws = await startAws();
    const invoked = aws.nextInvocation();
    const process = start(aws.url);
    await invoked;
    const stopping = new Promise<void>((resolve) => {
      process.stderr.on('data', (text) => String(text).includes('Stopping') && resolve());
    });
    process.kill('SIGINT');
    await stopping;
    aws.answer();
    const { exitCode, stdout, stderr } = await process;
    expect(stderr).toContain('Stopping after the running invocation');
    expect(JSON.parse(stdout).result).toMatchObject({
      stoppedBy: 'interrupt',
      queues: { apicall: { results: { redriven: 500 }, left: { visible: 9_500 } } },
    });
    expect(exitCode).toBe(130);
    expect(aws.invocations()).toBe(1);
  });

  it('twice exits at once', async () => {
    const aws = await startAws();
    const invoked = aws.nextInvocation();
    const process = start(aws.url, '--stack-name', 'stack');
    await invoked;
    const stopping = new Promise<void>((resolve) => {
      process.stderr.on('data', (text) => String(text).includes('Stopping') && resolve());
    });
    process.kill('SIGINT');
    await stopping;
    // npm may deliver one press twice: a second one right after the first is the same.
    const pressing = setInterval(() => process.kill('SIGINT'), 20);
    const { exitCode, stderr, stdout } = await process;
    clearInterval(pressing);
    expect(exitCode).toBe(130);
    expect(stdout).toBe('');
    expect(stderr).toContain(
      'Interrupted. What the running invocation did is unknown: npm run dlq -- status --stack-name stack',
    );
    aws.answer();
  });
});
