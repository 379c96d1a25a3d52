import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { simulatedOrg } from '../demo/salesforce.ts';
import { localClient } from '../stack/aws.ts';
import type { Stack } from '../stack/stack-file.ts';
import { putBehindProxy } from './behind-proxy.ts';
import type { ApiCall } from './fault-proxy.ts';
import { deployedFunctions } from './functions.ts';

const FUNCTION = 'SalesforceApiCallFunction';

/** Waits of minutes and hours are cut to this. */
const LONGEST_WAIT_SECONDS = 2;

/** What a killed function has received comes back after so long: just longer than the function may run. */
const VISIBILITY_SECONDS = 6;

interface Waiting {
  readonly VisibilityTimeout?: number;
  readonly DelaySeconds?: number;
}

const shorter = (waiting: Waiting): Waiting =>
  Object.fromEntries(
    Object.entries(waiting).map(([name, value]) => [
      name,
      ['VisibilityTimeout', 'DelaySeconds'].includes(name)
        ? Math.min(Number(value), LONGEST_WAIT_SECONDS)
        : value,
    ]),
  );

/** A shorter clock: what the function lets wait for minutes comes back while the drill still runs. */
function hurry({ operation, body }: ApiCall): string {
  if (!/^AmazonSQS\.(ChangeMessageVisibility|SendMessage)Batch$/.test(operation)) return body;
  const call: { Entries: Waiting[] } = JSON.parse(body);
  return JSON.stringify({ ...call, Entries: call.Entries.map(shorter) });
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

const QUEUES = ['ApiCallQueueUrl', 'ApiCallDlqUrl', 'RuleDlqUrl', 'SpillQueueUrl'];

/** Other drills leave behind what they have looked at. Objects have seconds, not milliseconds. */
async function clear({ endpoint, outputs, salesforce }: Stack): Promise<Date> {
  const sqs = new SQSClient(localClient(endpoint));
  for (const key of QUEUES) await sqs.send(new PurgeQueueCommand({ QueueUrl: outputs[key] }));
  await simulatedOrg(salesforce.url).clearFaults();
  return new Date(Math.floor(Date.now() / 1_000) * 1_000);
}

/** The deployed `apicall` behind a proxy that plays AWS' faults, in small calls, so that there are many of them. */
export async function apiCallScene(
  stack: Stack,
  { maxAttempts, recordsPerCall, eventIdFields }: SceneOptions,
) {
  const { environmentOf, physicalId } = deployedFunctions(stack);
  const dynamo = new DynamoDBClient(localClient(stack.endpoint));
  const { IDEMPOTENCY_TABLE_NAME: TableName = '' } = await environmentOf(FUNCTION);
  const closeBreaker = () =>
    dynamo.send(new DeleteItemCommand({ TableName, Key: { id: { S: 'breaker' } } }));
  const since = await clear(stack);
  await closeBreaker();
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
    closeBreaker,
    /** Where this scene's time begins: what was parked before is no part of it. */
    since,
    restore: async (): Promise<void> => {
      await restore();
      await restoreQueue();
      await clear(stack);
      await closeBreaker();
    },
  };
}

export type ApiCallScene = Awaited<ReturnType<typeof apiCallScene>>;
