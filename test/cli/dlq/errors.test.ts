import {
  CloudFormationServiceException,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { InvokeCommand, ServiceException, TooManyRequestsException } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { main } from '../../../cli/dlq/program.ts';
import { NoStackError } from '../../../local/stack/errors.ts';
import { fakeFunction, messages } from './fake-function.ts';
import { answered, fakeAws, functionError, run } from './harness.ts';

const uncalled = () => fakeFunction({ apicall: messages(1) });

describe('an invalid command line', () => {
  it.each([
    [['redriv'], /unknown command 'redriv'/],
    [[], /Usage/],
    [['redrive', '--queue', 'other'], /Allowed choices are apicall, rule, spill, all/],
    [['redrive', '--max', '0'], /whole number from 1 to/],
    [['redrive', '--rate', '501'], /whole number from 1 to 500/],
    [['redrive', '--rate', 'fast'], /whole number/],
    [['redrive', '--yes', '--filter', 'colour=red'], /is not a filter/],
    [['redrive', '--yes', '--force'], /--force needs a filter/],
    [['redrive', '--yes', '--filter', 'key=parked/'], /filter\.key: is for parked/],
    [['redrive', '--applied'], /unknown option '--applied'/],
    [['status', '--yes'], /unknown option '--yes'/],
    [['unpark', '--yes'], /needs a filter.*unpark --dry-run shows each .*--filter key=parked\//],
    [['unpark', '--yes', '--stack-name', 'x'], /npm run dlq -- unpark --dry-run --stack-name x /],
    [['drop', '--yes', '--reason', 'x'], /drop needs a filter.*drop --dry-run/],
    [['drop', '--yes', '--filter', 'object=Case'], /drop needs --reason 'TEXT'/],
    [
      ['drop', '--yes', '--reason', 'x', '--queue', 'rule', '--filter', 'key=parked/'],
      /filter\.key: is for parked messages only/,
    ],
    [['show'], /missing required argument 'id'/],
    [['unpark', '--queue', 'apicall'], /unknown option '--queue'/],
    [['unpark', '--filter', 'id=a', '--applied', '--not-applied'], /cannot be used with/],
    [['unpark', '--yes', '--filter', 'id=a', '--record-id', 'x'], /--record-id needs --applied/],
    [
      ['unpark', '--yes', '--filter', 'id=a', '--applied', '--record-id', 'x'],
      /must be a Salesforce id/,
    ],
    [
      ['redrive', '--yes', '--filter', 'older-than=2h', '--filter', 'newer-than=1h'],
      /olderThanSeconds must be below/,
    ],
  ])('is rejected with 2 before anything is invoked: %j', async (args, message) => {
    const fake = uncalled();
    const { exitCode, stderr } = await run(args, fakeAws(fake.report), { answer: 'y' });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(fake.commands).toEqual([]);
  });

  it.each([['--help'], ['help'], ['unpark', '--help']])(
    'is not rejected when it asks for help: %j',
    async (...args) => {
      const { exitCode, stdout } = await run(args, fakeAws(uncalled().report));
      expect(exitCode).toBe(0);
      expect(stdout).toContain('Usage: npm run dlq --');
    },
  );
});

it('the examples of the help are valid command lines', async () => {
  const { stdout } = await run(['--help'], fakeAws(uncalled().report));
  const examples = [...stdout.matchAll(/^ {2}npm run dlq -- (.+)$/gm)].map(([, args = '']) => args);
  expect(examples.length).toBeGreaterThan(4);
  for (const example of examples.filter((args) => !args.startsWith('show '))) {
    const args = example.replaceAll(/'([^']*)'/g, 'text').split(' ');
    const { exitCode, stderr } = await run(args, fakeAws(uncalled().report), { answer: 'n' });
    expect([exitCode, stderr]).toEqual([0, expect.not.stringMatching(/filter|error:/)]);
  }
});

const awsError = (name: string, message: string) =>
  Object.assign(new Error(message), { name, $fault: 'client', $metadata: {} });

describe('npm run dlq reports the failure and its remedy', () => {
  it('for a stack that does not exist', async () => {
    const fake = fakeAws(uncalled().report);
    fake.cloudFormation.on(DescribeStacksCommand).rejects(
      new CloudFormationServiceException({
        name: 'ValidationError',
        message: 'Stack with id other does not exist',
        $fault: 'client',
        $metadata: {},
      }),
    );
    const { exitCode, stderr } = await run(['status', '--stack-name', 'other'], fake);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/other does not exist.*npm run deploy.*--stack-name.*AWS_REGION/s);
  });

  it('for another stack', async () => {
    const aws = fakeAws(uncalled().report, {});
    const { exitCode, stderr } = await run(['status'], aws);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('has no output DlqReprocessorFunctionName');
  });

  it('for a missing local stack', async () => {
    const stderr: string[] = [];
    const exitCode = await main(['status', '--local'], {
      print: () => undefined,
      log: (text) => stderr.push(text),
      showProgress: () => undefined,
      prompt: undefined,
      createClients: () => Promise.reject(new NoStackError()),
      stopSignal: new AbortController().signal,
      sleep: async () => undefined,
    });
    expect(exitCode).toBe(2);
    expect(stderr).toEqual(['No stack is running. Start one with npm run local:up.']);
  });

  it.each([
    ['CredentialsProviderError', 'Could not load credentials from any providers', 2, /Sign in/],
    ['ExpiredTokenException', 'The security token is expired', 2, /Sign in/],
    ['AccessDeniedException', 'not yours', 2, /Required permissions: .*lambda:InvokeFunction/],
    ['TimeoutError', 'socket timed out', 1, /did is unknown.*status/],
    ['ECONNRESET', 'socket hang up', 1, /did is unknown.*status/],
    ['ResourceNotFoundException', 'Function not found: x', 2, /AWS error: Function not found: x/],
  ])('for %s', async (name, text, code, expected) => {
    const fake = fakeAws(uncalled().report);
    fake.lambdaInvoker.on(InvokeCommand).rejects(awsError(name, text));
    const { exitCode, stderr } = await run(['redrive', '--yes'], fake);
    expect(exitCode).toBe(code);
    expect(stderr).toMatch(expected);
    expect(fake.lambdaInvoker.calls()).toHaveLength(1);
  });
});

const busy = () =>
  new TooManyRequestsException({ message: 'Rate exceeded', Type: 'x', $metadata: {} });

it('reports an unknown result for an error of Lambda itself', async () => {
  const fake = fakeAws(uncalled().report);
  fake.lambdaInvoker
    .on(InvokeCommand)
    .rejects(new ServiceException({ message: 'oh', Type: 'x', $metadata: {} }));
  const { exitCode, stderr } = await run(['redrive', '--yes'], fake);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/Lambda failed \(ServiceException\).*unknown/);
});

describe('a throttled function', () => {
  it('is invoked again with back-off, because nothing was started', async () => {
    const fake = uncalled();
    const aws = fakeAws(fake.report);
    aws.lambdaInvoker
      .on(InvokeCommand)
      .rejectsOnce(busy())
      .rejectsOnce(busy())
      .callsFake(async () => answered(JSON.stringify(fake.report({ queue: 'apicall' }))));
    const { exitCode, slept } = await run(['redrive', '--yes', '--queue', 'apicall'], aws);
    expect(exitCode).toBe(0);
    expect(slept).toEqual([1_000, 2_000]);
  });

  it('is given up after five attempts, and the error states that nothing was done', async () => {
    const aws = fakeAws(uncalled().report);
    aws.lambdaInvoker.on(InvokeCommand).rejects(busy());
    const { exitCode, stderr } = await run(['redrive', '--yes'], aws);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/throttled the function.*this invocation did nothing/);
  });
});

describe('a function that fails', () => {
  it.each([
    [
      { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 120.00 seconds' },
      1,
      /did not finish .*timed out.* unknown/,
    ],
    [
      { errorType: 'Runtime.ExitError', errorMessage: 'exited with signal: killed' },
      1,
      /did is unknown/,
    ],
    [
      { errorType: 'TypeError', errorMessage: 'oh' },
      1,
      /stack-dlq-reprocessor failed: TypeError: oh/,
    ],
    [{ errorType: 'CommandError', errorMessage: 'limit: x' }, 2, /rejects this command: limit: x/],
    [{}, 1, /failed: Error: no reason given/],
  ])('is reported with its exit code: %j', async (error, code, expected) => {
    const aws = fakeAws(uncalled().report);
    aws.lambdaInvoker.on(InvokeCommand).resolves(functionError(error));
    const { exitCode, stderr } = await run(['redrive', '--yes'], aws);
    expect(exitCode).toBe(code);
    expect(stderr).toMatch(expected);
  });

  it('on a later page still reports what was done before', async () => {
    const fake = fakeFunction({ apicall: messages(1_000) });
    const aws = fakeAws(fake.report);
    aws.lambdaInvoker
      .on(InvokeCommand)
      .callsFake(async ({ Payload }: { Payload: string }) =>
        fake.commands.length === 0
          ? answered(JSON.stringify(fake.report(JSON.parse(Payload))))
          : functionError({ errorType: 'Error', errorMessage: 'oh' }),
      );
    const { exitCode, stdout, stderr } = await run(['redrive', '--yes', '--json'], aws);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('failed: Error: oh');
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'dlq redrive',
      ok: false,
      result: { stoppedBy: 'error', queues: { apicall: { results: { redriven: 500 } } } },
      error: { message: expect.stringContaining('failed: Error: oh') },
    });
  });

  it.each(['null', '{"action":"redrive"}', 'not JSON'])(
    'with another version of the report is rejected: %s',
    async (payload) => {
      const aws = fakeAws(uncalled().report);
      aws.lambdaInvoker.on(InvokeCommand).resolves(answered(payload));
      const { exitCode, stderr } = await run(['redrive', '--yes'], aws);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/does not match this command's version.*npm run deploy/);
    },
  );
});
