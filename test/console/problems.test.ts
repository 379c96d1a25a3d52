import { ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { CliError, UsageError } from '../../cli/errors.ts';
import { problemOf } from '../../console/server/problems.ts';
import { StackError } from '../../local/stack/errors.ts';
import { fakeStack, startConsole } from './harness.ts';

const awsError = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, $metadata: {}, ...more });

const errors: readonly (readonly [string, Error])[] = [
  [
    'no credentials',
    awsError('CredentialsProviderError', 'Could not load credentials from any providers'),
  ],
  [
    'no credentials',
    awsError('InvalidClientTokenId', 'The security token included in the request is invalid.'),
  ],
  [
    'expired credentials',
    awsError('ExpiredTokenException', 'The security token included in the request is expired'),
  ],
  ['expired credentials', awsError('ExpiredToken', 'The provided token has expired.')],
  [
    'expired credentials',
    awsError(
      'CredentialsProviderError',
      'The SSO session associated with this profile has expired.',
    ),
  ],
  [
    'access denied',
    awsError('AccessDenied', 'User: arn is not authorized to perform: sqs:GetQueueAttributes'),
  ],
  ['throttled', awsError('ThrottlingException', 'Rate exceeded')],
  [
    'unreachable',
    Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }),
  ],
  ['unreachable', awsError('TimeoutError', 'socket hang up')],
  ['failed', awsError('ValidationError', 'Stack with id x does not exist')],
];

describe('what the page shows for an error', () => {
  it.each(errors)('of AWS: %s', async (kind, error) => {
    const { clients, cloudFormation } = fakeStack();
    cloudFormation.on(ListStackResourcesCommand).rejects(error);
    const { get } = await startConsole({ clients });
    const { status, body } = await get('stack');
    expect(status).toBeGreaterThanOrEqual(500);
    expect(body).toEqual({
      kind,
      message: expect.any(String),
      remedy: expect.stringMatching(/\w+/),
    });
  });

  it('suggests commands for the stack that is shown', async () => {
    const remedy = 'Find the cause: npm run salesforce -- check';
    const fail = () => Promise.reject(new CliError('It failed.', { remedy }));
    const { clients } = fakeStack();
    const { get } = await startConsole({ clients, isLocal: true, readings: { fail } });
    const { body } = await get('fail');
    expect(body).toMatchObject({ remedy: 'Find the cause: npm run salesforce -- check --local' });
  });

  it('goes away once its cause has', async () => {
    const { clients, cloudFormation } = fakeStack();
    cloudFormation
      .on(ListStackResourcesCommand)
      .rejectsOnce(awsError('ExpiredToken', 'The provided token has expired.'))
      .resolves({ StackResourceSummaries: [] });
    const { get } = await startConsole({ clients });
    expect((await get('stack')).status).toBe(502);
    expect((await get('stack')).status).toBe(200);
  });

  it.each([
    [new StackError('No stack is running.'), 'unreachable', 'npm run local:up'],
    [new CliError('Try again.'), 'failed', undefined],
    [new UsageError('Too long.', { cause: new SyntaxError('x') }), 'invalid', undefined],
    [new UsageError('Wrapped.', { cause: errors[0]?.[1] }), 'no credentials', expect.any(String)],
  ])('of ours: %s', (error, kind, remedy) => {
    expect(problemOf(error, 'console-read.json')).toMatchObject({
      kind,
      ...(remedy && { remedy }),
    });
  });

  it('names the policy with the permissions of what it was started for', async () => {
    for (const [canSteer, file] of [
      [true, 'console-steer.json'],
      [false, 'console-read.json'],
    ] as const) {
      const { clients, cloudFormation } = fakeStack();
      cloudFormation
        .on(ListStackResourcesCommand)
        .rejects(awsError('AccessDenied', 'not authorized'));
      const { get } = await startConsole({ clients, canSteer });
      expect((await get('stack')).body).toMatchObject({ remedy: expect.stringContaining(file) });
    }
  });

  it('hides what an unforeseen error quotes, and prints it on the terminal', async () => {
    const { clients, sqs } = fakeStack({}, { ApiCallQueueUrl: 'https://queue' });
    sqs.on(GetQueueAttributesCommand).rejects(new TypeError('cannot read "customer data"'));
    const { get, logged } = await startConsole({ clients });
    const { status, body } = await get('flow');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('customer data');
    expect(logged.join('\n')).toContain('TypeError');
  });
});
