import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { localClient } from '../stack/aws.ts';
import type { Stack } from '../stack/stack-file.ts';
import { putBehindProxy } from './behind-proxy.ts';
import type { ApiCall } from './fault-proxy.ts';
import { deployedFunctions } from './functions.ts';

const FUNCTION = 'SalesforceApiCallFunction';

/** Waits of minutes and hours are cut to this. */
const LONGEST_WAIT_SECONDS = 2;

/** What a killed function has received comes back after so long. */
const VISIBILITY_SECONDS = 6;

/** A shorter clock: what the function lets wait for minutes comes back while the drill still runs. */
function hurry({ operation, body }: ApiCall): string {
  if (operation !== 'AmazonSQS.ChangeMessageVisibility') return body;
  const call: { VisibilityTimeout: number } = JSON.parse(body);
  const VisibilityTimeout = Math.min(call.VisibilityTimeout, LONGEST_WAIT_SECONDS);
  return JSON.stringify({ ...call, VisibilityTimeout });
}

interface SceneOptions {
  readonly maxAttempts: number;
  readonly recordsPerCall: number;
  readonly eventIdFields: string;
}

/** The queue as the template makes it for so many attempts, with a wait after a crash that is just long enough. */
async function changeQueue({ endpoint, outputs }: Stack, maxAttempts: number) {
  const sqs = new SQSClient(localClient(endpoint));
  const QueueUrl = outputs['ApiCallQueueUrl'];
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['RedrivePolicy', 'VisibilityTimeout'],
    }),
  );
  const policy = JSON.parse(Attributes['RedrivePolicy'] ?? '{}');
  const changed = {
    RedrivePolicy: JSON.stringify({ ...policy, maxReceiveCount: 3 * maxAttempts }),
    VisibilityTimeout: String(VISIBILITY_SECONDS),
  };
  const set = (values: Record<string, string>) =>
    sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: values }));
  await set(changed);
  return () => set(Attributes);
}

/** The deployed `apicall` behind a proxy that plays AWS' faults, in small calls, so that there are many of them. */
export async function apiCallScene(
  stack: Stack,
  { maxAttempts, recordsPerCall, eventIdFields }: SceneOptions,
) {
  const { environmentOf, physicalId } = deployedFunctions(stack);
  const dynamo = new DynamoDBClient(localClient(stack.endpoint));
  const { IDEMPOTENCY_TABLE_NAME: TableName = '' } = await environmentOf(FUNCTION);
  const restoreQueue = await changeQueue(stack, maxAttempts);
  const { restore, ...behind } = await putBehindProxy(stack, {
    functions: [FUNCTION],
    rewrite: hurry,
    environment: {
      EVENT_ID_FIELDS: eventIdFields,
      MAX_ATTEMPTS: String(maxAttempts),
      MAX_RECORDS_PER_CALL: String(recordsPerCall),
    },
  });
  return {
    ...behind,
    tableName: TableName,
    functionName: await physicalId(FUNCTION),
    closeBreaker: () =>
      dynamo.send(new DeleteItemCommand({ TableName, Key: { id: { S: 'breaker' } } })),
    restore: async (): Promise<void> => {
      await restore();
      await restoreQueue();
    },
  };
}

export type ApiCallScene = Awaited<ReturnType<typeof apiCallScene>>;
