import { existsSync } from 'node:fs';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { localClient } from '../local/stack/aws.ts';
import { paths } from '../local/stack/paths.ts';
import { readStack } from '../local/stack/stack-file.ts';
import { UsageError } from './errors.ts';
import type { StackOptions } from './options.ts';

/** The AWS clients that all commands share. */
export interface AwsClients {
  readonly cloudFormation: CloudFormationClient;
  readonly cloudWatch: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
  readonly dynamoDb: DynamoDBClient;
  readonly eventBridge: EventBridgeClient;
  readonly kms: KMSClient;
  readonly lambda: LambdaClient;
  /** For synchronous invocations: waits as long as a function may run, and never invokes twice. */
  readonly lambdaInvoker: LambdaClient;
  readonly s3: S3Client;
  readonly scheduler: SchedulerClient;
  readonly secretsManager: SecretsManagerClient;
  readonly sqs: SQSClient;
  readonly sts: STSClient;
}

export type CreateClients = (options: StackOptions) => Promise<AwsClients>;

/** A function runs for at most 15 minutes (Lambda Developer Guide, "Lambda quotas"). */
const INVOCATION_TIMEOUT_MS = 16 * 60_000;

/**
 * Creates the clients, with the shell's credentials and region, or for the local stack.
 *
 * @throws StackError when `local` is set and no local stack runs.
 */
export async function createClients({ local }: StackOptions): Promise<AwsClients> {
  const settings = local ? localClient((await readStack()).endpoint) : {};
  return {
    cloudFormation: new CloudFormationClient(settings),
    cloudWatch: new CloudWatchClient(settings),
    logs: new CloudWatchLogsClient(settings),
    dynamoDb: new DynamoDBClient(settings),
    eventBridge: new EventBridgeClient(settings),
    kms: new KMSClient(settings),
    lambda: new LambdaClient(settings),
    lambdaInvoker: new LambdaClient({
      ...settings,
      // The SDK would retry an invocation whose response was lost, and so do the work twice.
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: 5_000,
        requestTimeout: INVOCATION_TIMEOUT_MS,
        throwOnRequestTimeout: true,
      },
    }),
    // The local engine has no host names of buckets.
    s3: new S3Client({ ...settings, ...(local && { forcePathStyle: true }) }),
    scheduler: new SchedulerClient(settings),
    secretsManager: new SecretsManagerClient(settings),
    // The Region's address is right for every queue; the SDK would warn of a local engine's.
    sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
    sts: new STSClient(settings),
  };
}

/** What kept AWS from doing what a command asked for. */
export interface AwsProblem {
  readonly kind:
    | 'no credentials'
    | 'expired credentials'
    | 'access denied'
    | 'unreachable'
    | 'throttled'
    | 'failed';
  /** AWS's words, as a sentence. */
  readonly message: string;
  readonly remedy?: string;
}

type Cause = readonly [pattern: RegExp, kind: AwsProblem['kind'], remedy: string];

/** Without a Region or credentials, somebody often means the stack on this machine. */
const localHint = (): string =>
  existsSync(paths.stackFile) ? ' For the stack that runs on this machine, pass --local.' : '';

/** AWS_ENDPOINT_URL redirects every call that names no endpoint, and is easily forgotten. */
function unreachable(error: Error): string {
  const endpoint = process.env['AWS_ENDPOINT_URL'] ?? '';
  const { port } = Object(error);
  if (URL.canParse(endpoint) && new URL(endpoint).port === String(port))
    return `Nothing answers at ${endpoint}, to which AWS_ENDPOINT_URL is set: start what listens there, or unset it.`;
  return 'AWS, or the local stack, cannot be reached: check the network connection, or run npm run local:up.';
}

const signIn = (): string =>
  `Sign in to the stack's account (for example, aws sso login).${localHint()}`;

const causesFor = (error: Error, permissions: string): readonly Cause[] => [
  [
    /does not exist/,
    'failed',
    'Deploy it first (npm run deploy), pass its name with --stack-name, or set AWS_REGION to its region.',
  ],
  [/Region is missing/, 'failed', `Set AWS_REGION to the stack's region.${localHint()}`],
  [
    /TerminationProtection is enabled/,
    'failed',
    'Somebody protected it. If it may go: aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name NAME, then run the command again.',
  ],
  [/AccessDenied|not authorized/, 'access denied', `Required permissions: ${permissions}.`],
  [
    /ExpiredToken|RequestExpired|(token|session|credentials).*expired/i,
    'expired credentials',
    signIn(),
  ],
  [/credentials|token.*invalid|\bsso\b|UnrecognizedClient/i, 'no credentials', signIn()],
  [/ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|Timeout/, 'unreachable', unreachable(error)],
  [
    /Throttling|Rate exceeded|TooManyRequests/i,
    'throttled',
    'Wait a minute, then run the command again.',
  ],
  [/HTTP status 5/, 'failed', 'Wait a minute, then run the command again.'],
];

/** The SDK calls an error `Unknown` when the answer was not AWS's: a proxy's, or that of a service in trouble. */
function textOf(error: Error): string {
  const { httpStatusCode } = Object('$metadata' in error ? error.$metadata : {});
  const isUnknown = /^Unknown(Error)?$/.test(error.message) && httpStatusCode !== undefined;
  return isUnknown ? `HTTP status ${httpStatusCode}, without an explanation` : error.message;
}

/**
 * What an AWS error means and, for a known cause, the remedy.
 *
 * @param permissions what the command needs, for a caller that lacks them.
 * @throws the value itself when it is not an Error.
 */
export function awsProblemOf(error: unknown, permissions: string): AwsProblem {
  if (!(error instanceof Error)) throw error;
  const code = 'code' in error ? String(error.code) : '';
  const text = textOf(error);
  const searched = `${error.name} ${code} ${text}`;
  const cause = causesFor(error, permissions).find(([pattern]) => pattern.test(searched));
  const message = (text || code || error.name).replace(/\.?$/, '.');
  if (cause === undefined) return { kind: 'failed', message };
  const [, kind, remedy] = cause;
  return { kind, message, remedy };
}

/** An AWS error in the terminal's words, with its remedy, as `awsProblemOf` finds them. */
export function toUsageError(error: unknown, permissions: string): UsageError {
  const { message, remedy } = awsProblemOf(error, permissions);
  return new UsageError(`AWS error: ${message}`, { cause: error, remedy });
}

export type AwsErrorHandler = (error: unknown) => never;

/** Creates the `catch` handler of a command's AWS calls: it throws a UsageError. */
export const createAwsErrorHandler =
  (permissions: string): AwsErrorHandler =>
  (error) => {
    throw toUsageError(error, permissions);
  };
