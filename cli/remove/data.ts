import {
  DeleteTableCommand,
  DescribeTableCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { DeleteBucketCommand } from '@aws-sdk/client-s3';
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { DeleteTopicCommand } from '@aws-sdk/client-sns';
import { DeleteQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import pWaitFor from 'p-wait-for';
import { type DeploymentClients, handleAwsError } from '../environment/aws.ts';
import { countVersions, emptyBucket } from '../environment/buckets.ts';
import { isErrorNamed } from '../errors.ts';
import { plural } from '../format.ts';
import type { Kept } from './plan.ts';

type Clients = DeploymentClients;

/** How one type of resource is read and deleted. Deleting what is gone already succeeds. */
interface Handler {
  /** How much it holds. */
  readonly contents?: (clients: Clients, id: string) => Promise<string>;
  readonly remove: (clients: Clients, id: string) => Promise<unknown>;
}

/** What the services answer for a resource that is gone, or is going already. */
const GONE = [
  'NoSuchBucket',
  'NotFoundException',
  'QueueDoesNotExist',
  'AWS.SimpleQueueService.NonExistentQueue',
  'ResourceNotFoundException',
  'KMSInvalidStateException',
];

const unlessGone = (error: unknown): undefined => {
  if (isErrorNamed(error, ...GONE)) return undefined;
  return handleAwsError(error);
};

async function queueContents({ sqs }: Clients, QueueUrl: string): Promise<string> {
  const AttributeNames = [
    'ApproximateNumberOfMessages' as const,
    'ApproximateNumberOfMessagesNotVisible' as const,
    'ApproximateNumberOfMessagesDelayed' as const,
  ];
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames }),
  );
  const counts = AttributeNames.map((name) => Number(Attributes[name] ?? 0));
  return `about ${plural(
    counts.reduce((sum, count) => sum + count, 0),
    'message',
  )}`;
}

/** Deletion protection, which somebody may have turned on, is turned off first; a table in change is waited for. */
async function removeTable({ dynamoDb }: Clients, TableName: string): Promise<void> {
  const describe = new DescribeTableCommand({ TableName });
  const { Table } = await dynamoDb.send(describe);
  if (Table?.TableStatus === 'DELETING') return;
  if (Table?.DeletionProtectionEnabled) {
    const off = new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false });
    await dynamoDb.send(off);
    await pWaitFor(async () => (await dynamoDb.send(describe)).Table?.TableStatus === 'ACTIVE', {
      interval: 1_000,
      timeout: 300_000,
    });
  }
  await dynamoDb.send(new DeleteTableCommand({ TableName }));
}

const handlers: Readonly<Record<string, Handler>> = {
  'AWS::S3::Bucket': {
    contents: async (clients, id) => plural(await countVersions(clients, id), 'object'),
    remove: async (clients, id) => {
      await emptyBucket(clients, id);
      await clients.s3.send(new DeleteBucketCommand({ Bucket: id }));
    },
  },
  'AWS::SQS::Queue': {
    contents: queueContents,
    remove: ({ sqs }, QueueUrl) => sqs.send(new DeleteQueueCommand({ QueueUrl })),
  },
  'AWS::DynamoDB::Table': { remove: removeTable },
  'AWS::SNS::Topic': {
    remove: ({ sns }, TopicArn) => sns.send(new DeleteTopicCommand({ TopicArn })),
  },
  // Both can be restored for 30 days.
  'AWS::SecretsManager::Secret': {
    remove: ({ secretsManager }, SecretId) =>
      secretsManager.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 30 })),
  },
  'AWS::KMS::Key': {
    remove: ({ kms }, KeyId) =>
      kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 30 })),
  },
};

/** Adds how much each resource holds; the number of messages is approximate ("GetQueueAttributes"). */
export async function readContents(clients: Clients, kept: readonly Kept[]): Promise<Kept[]> {
  const read = async (one: Kept): Promise<Kept> => {
    const contents = await handlers[one.type]
      ?.contents?.(clients, one.physicalId)
      .catch(unlessGone);
    return contents === undefined ? one : { ...one, contents };
  };
  return Promise.all(kept.map(read));
}

/** The key comes last: what it encrypts is deleted first. */
const ORDER = Object.keys(handlers);

/**
 * Empties and deletes one resource after another. Can be repeated after an interruption.
 *
 * @param onRemoved is called after each.
 */
export async function removeData(
  clients: Clients,
  kept: readonly Kept[],
  onRemoved: (removed: Kept) => Promise<void>,
): Promise<void> {
  const ordered = kept.toSorted(
    (one, other) => ORDER.indexOf(one.type) - ORDER.indexOf(other.type),
  );
  for (const one of ordered) {
    await handlers[one.type]?.remove(clients, one.physicalId).catch(unlessGone);
    await onRemoved(one);
  }
}
