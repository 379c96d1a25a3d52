import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { openQueue } from '../demo/queues.ts';
import { simulatedOrg } from '../demo/salesforce.ts';
import { localClient } from '../stack/aws.ts';
import type { Stack } from '../stack/stack-file.ts';
import type { AwsCall } from './aws-faults.ts';
import { deployedFunctions } from './functions.ts';
import { interceptAwsCalls } from './intercept.ts';

const FUNCTION = 'SalesforceApiCallFunction';

/** Back-offs of minutes and hours are cut to this. */
const MAX_WAIT_SECONDS = 1;

type Entry = Readonly<Record<string, unknown>>;

const shorten = (entry: Entry): Entry =>
  Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [
      name,
      name === 'VisibilityTimeout' || name === 'DelaySeconds'
        ? Math.min(Number(value), MAX_WAIT_SECONDS)
        : value,
    ]),
  );

function shortenWaits({ operation, body }: AwsCall): string {
  if (!/^AmazonSQS\.(ChangeMessageVisibility|SendMessage)Batch$/.test(operation)) return body;
  const call: { Entries: Entry[] } = JSON.parse(body);
  return JSON.stringify({ ...call, Entries: call.Entries.map(shorten) });
}

interface Options {
  readonly maxAttempts: number;
  readonly recordsPerCall: number;
  readonly eventIdFields: string;
  readonly timeoutSeconds: number;
}

/** Sets the queue up as the template does for so many attempts. @returns a function that restores it. */
async function changeQueue(
  { endpoint, outputs }: Stack,
  maxAttempts: number,
  visibilitySeconds: number,
) {
  const sqs = new SQSClient(localClient(endpoint));
  const QueueUrl = outputs['ApiCallQueueUrl'];
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['RedrivePolicy', 'VisibilityTimeout'],
    }),
  );
  const policy = JSON.parse(Attributes['RedrivePolicy'] ?? '{}');
  const set = (values: Record<string, string>) =>
    sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: values }));
  await set({
    RedrivePolicy: JSON.stringify({ ...policy, maxReceiveCount: 3 * maxAttempts }),
    VisibilityTimeout: String(visibilitySeconds),
  });
  return () => set(Attributes);
}

const QUEUES = ['ApiCallQueueUrl', 'ApiCallDlqUrl', 'RuleDlqUrl', 'SpillQueueUrl'];

/** Removes the messages and faults that another test has left. */
async function clear({ endpoint, outputs, salesforce }: Stack): Promise<void> {
  for (const key of QUEUES) await openQueue(endpoint, outputs[key] ?? '').purge();
  await simulatedOrg(salesforce.url).clearFaults();
}

/** Sends apicall's AWS calls through a proxy; the function makes small calls, so that there are many of them to fail. */
export async function interceptApiCall(
  stack: Stack,
  { maxAttempts, recordsPerCall, eventIdFields, timeoutSeconds }: Options,
) {
  const { environmentOf, physicalId } = deployedFunctions(stack);
  const dynamo = new DynamoDBClient(localClient(stack.endpoint));
  const { IDEMPOTENCY_TABLE_NAME: TableName = '' } = await environmentOf(FUNCTION);
  const closeCircuitBreaker = () =>
    dynamo.send(new DeleteItemCommand({ TableName, Key: { id: { S: 'breaker' } } }));
  await clear(stack);
  await closeCircuitBreaker();
  const restoreQueue = await changeQueue(stack, maxAttempts, timeoutSeconds + 1);
  const { restore, ...intercepted } = await interceptAwsCalls(stack, {
    functions: [FUNCTION],
    rewrite: shortenWaits,
    timeoutSeconds,
    environment: {
      API_CALL_TIMEOUT_SECONDS: String(timeoutSeconds),
      EVENT_ID_FIELDS: eventIdFields,
      MAX_ATTEMPTS: String(maxAttempts),
      MAX_RECORDS_PER_CALL: String(recordsPerCall),
    },
  });
  return {
    ...intercepted,
    tableName: TableName,
    functionName: await physicalId(FUNCTION),
    closeCircuitBreaker,
    restore: async (): Promise<void> => {
      await restore();
      await restoreQueue();
      await clear(stack);
      await closeCircuitBreaker();
    },
  };
}

export type InterceptedApiCall = Awaited<ReturnType<typeof interceptApiCall>>;
