import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { build, runSamCli } from '../../local/stack/build.ts';
import { root } from '../../local/stack/paths.ts';
import { DeniedError, type DeploymentClients, handleAwsError } from '../environment/aws.ts';
import { findStack } from '../environment/stack.ts';
import { isErrorNamed, UsageError } from '../errors.ts';

type Clients = Pick<DeploymentClients, 'cloudFormation' | 's3'>;

/** The stack of the SAM CLI with the bucket for code and templates, one for each account and Region (`--resolve-s3`). */
export const SAM_STACK = 'aws-sam-cli-managed-default';

const REPAIR = `Delete that stack, and the next deployment creates it again: aws cloudformation delete-stack --stack-name ${SAM_STACK}`;

async function bucketProblem({ s3 }: Clients, Bucket: string): Promise<string | undefined> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket }));
    return undefined;
  } catch (error) {
    if (isErrorNamed(error, 'NotFound', 'NoSuchBucket'))
      return `the bucket ${Bucket} of the stack ${SAM_STACK} was deleted. ${REPAIR}`;
    // The answer to a HEAD request has no body, and so neither a name nor a reason.
    if (Object(error).$metadata?.httpStatusCode !== 403) return handleAwsError(error);
    const message = `The bucket ${Bucket} can't be read. Required permissions: s3:ListBucket, s3:GetObject and s3:PutObject on it.`;
    throw new DeniedError(message, 's3:ListBucket', { cause: error });
  }
}

/** Why the SAM CLI couldn't upload the build. @returns undefined when it can, or creates the bucket itself */
export async function artifactBucketProblem(clients: Clients): Promise<string | undefined> {
  const stack = await findStack(clients, SAM_STACK);
  if (stack === undefined || stack.status === 'REVIEW_IN_PROGRESS') return undefined;
  if (!/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(stack.status))
    return `the SAM CLI's own stack ${SAM_STACK} is ${stack.status}. ${REPAIR}`;
  const bucket = stack.outputs['SourceBucket'];
  return bucket === undefined ? undefined : bucketProblem(clients, bucket);
}

const BUILT_TEMPLATE = join('.aws-sam', 'build', 'template.yaml');

/** The domain of a partition's S3 addresses; templates are named by an address in path style. */
const s3Domain = (region: string): string =>
  region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';

export interface PackageOptions {
  readonly region: string;
  readonly stackName: string;
  readonly showProgress: (text: string) => void;
}

/**
 * Builds the functions and uploads them and the template. The template exceeds the 51,200 bytes that CloudFormation
 * accepts in a request ("CloudFormation quotas").
 *
 * @returns the template's address.
 * @throws StackError when the SAM CLI fails.
 */
export async function packageTemplate(
  clients: Clients,
  { region, showProgress, stackName }: PackageOptions,
): Promise<string> {
  const onLine = (line: string): void => showProgress(`Building: ${line}`);
  showProgress('Building…');
  await build([], onLine);
  const output = join('.aws-sam', 'packaged.yaml');
  const target = ['--s3-prefix', stackName, '--region', region];
  const files = ['--template-file', BUILT_TEMPLATE, '--output-template-file', output];
  await runSamCli(['package', '--resolve-s3', ...target, ...files], onLine);
  const Bucket = (await findStack(clients, SAM_STACK))?.outputs['SourceBucket'];
  if (Bucket === undefined)
    throw new UsageError(`The stack ${SAM_STACK} has no output SourceBucket. ${REPAIR}`);
  const Body = await readFile(join(root, output));
  const digest = createHash('sha256').update(Body).digest('hex').slice(0, 32);
  const Key = `${stackName}/${digest}.template`;
  await clients.s3.send(new PutObjectCommand({ Bucket, Key, Body })).catch(handleAwsError);
  return `https://s3.${region}.${s3Domain(region)}/${Bucket}/${Key}`;
}
