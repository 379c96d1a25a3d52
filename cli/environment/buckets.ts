import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ListObjectVersionsRequest,
  type ObjectIdentifier,
} from '@aws-sdk/client-s3';
import { CliError, isErrorNamed } from '../errors.ts';
import { type DeploymentClients, handleAwsError } from './aws.ts';

type S3 = Pick<DeploymentClients, 's3'>;

const isMissing = (error: unknown): boolean => isErrorNamed(error, 'NoSuchBucket');

/** Every version and delete marker of a bucket, a page at a time; nothing when there is no such bucket. */
async function* versionPages({ s3 }: S3, Bucket: string): AsyncGenerator<ObjectIdentifier[]> {
  let marker: Pick<ListObjectVersionsRequest, 'KeyMarker' | 'VersionIdMarker'> = {};
  let page: ListObjectVersionsCommandOutput | undefined;
  do {
    page = await s3
      .send(new ListObjectVersionsCommand({ Bucket, ...marker }))
      .catch((error: unknown) => (isMissing(error) ? undefined : handleAwsError(error)));
    const versions = [...(page?.Versions ?? []), ...(page?.DeleteMarkers ?? [])];
    yield versions.map(({ Key = '', VersionId }) => ({ Key, VersionId }));
    marker = { KeyMarker: page?.NextKeyMarker, VersionIdMarker: page?.NextVersionIdMarker };
  } while (page?.IsTruncated);
}

/** How many objects a bucket has, older versions and delete markers included; 0 when there is no such bucket. */
export async function countVersions(clients: S3, bucket: string): Promise<number> {
  let count = 0;
  for await (const page of versionPages(clients, bucket)) count += page.length;
  return count;
}

/** One page is enough: CloudFormation's and S3's own clean-up of the rest is repeated with the command. */
async function abortUploads({ s3 }: S3, Bucket: string): Promise<void> {
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
  for (const { Key, UploadId } of Uploads)
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
}

/**
 * Deletes every object of a bucket with all of its versions, and uploads that never ended: CloudFormation and S3 delete
 * only empty buckets. Can be repeated.
 */
export async function emptyBucket(clients: S3, Bucket: string): Promise<void> {
  for await (const Objects of versionPages(clients, Bucket)) {
    if (Objects.length === 0) continue;
    const command = new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } });
    const { Errors: [error] = [] } = await clients.s3.send(command).catch(handleAwsError);
    if (error !== undefined)
      throw new CliError(
        `${Bucket}: ${error.Key} can't be deleted (${error.Code}: ${error.Message}).`,
      );
  }
  await abortUploads(clients, Bucket).catch((error: unknown) => {
    if (!isMissing(error)) handleAwsError(error);
  });
}
