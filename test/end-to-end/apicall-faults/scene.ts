import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { localClient } from '../../../local/stack/aws.ts';
import { type ApiCall, startFaultProxy } from '../fault-proxy.ts';
import { environmentOf, physicalId, setEnvironment } from '../functions.ts';
import { output, sqs, stack } from '../kit.ts';
import { EVENT_ID_FIELDS } from './requests.ts';

const FUNCTION = 'SalesforceApiCallFunction';
const dynamo = new DynamoDBClient(localClient(stack.endpoint));

/** Waits of minutes and hours are cut to this. */
const LONGEST_WAIT_SECONDS = 2;

/** A shorter clock: what the function lets wait for minutes comes back while the test still runs. */
function hurry({ operation, body }: ApiCall): string {
  if (operation !== 'AmazonSQS.ChangeMessageVisibility') return body;
  const call: { VisibilityTimeout: number } = JSON.parse(body);
  const VisibilityTimeout = Math.min(call.VisibilityTimeout, LONGEST_WAIT_SECONDS);
  return JSON.stringify({ ...call, VisibilityTimeout });
}

async function setQueue(Attributes: Record<string, string>) {
  const QueueUrl = output('ApiCallQueueUrl');
  const names = Object.keys(Attributes).map((name) => name as 'VisibilityTimeout');
  const before = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: names }));
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  return () =>
    sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: before.Attributes ?? {} }));
}

/** The queue as the template makes it for ten attempts, with a wait after a crash that is just long enough. */
async function queueForTenAttempts() {
  const QueueUrl = output('ApiCallQueueUrl');
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] }),
  );
  const policy = JSON.parse(Attributes?.['RedrivePolicy'] ?? '{}');
  const RedrivePolicy = JSON.stringify({ ...policy, maxReceiveCount: 30 });
  return setQueue({ RedrivePolicy, VisibilityTimeout: '6' });
}

/** The deployed function behind a proxy that plays AWS' faults, in small calls, so that there are many of them. */
export async function prepare(recordsPerCall: number) {
  const proxy = await startFaultProxy(stack.endpoint, hurry);
  const through = (key: string): string => `${proxy.url}${new URL(output(key)).pathname}`;
  const { IDEMPOTENCY_TABLE_NAME: TableName = '' } = await environmentOf(FUNCTION);
  const restoreQueue = await queueForTenAttempts();
  const restoreFunction = await setEnvironment(FUNCTION, {
    AWS_ENDPOINT_URL: proxy.url,
    API_CALL_QUEUE_URL: through('ApiCallQueueUrl'),
    API_CALL_DLQ_URL: through('ApiCallDlqUrl'),
    SPILL_QUEUE_URL: through('SpillQueueUrl'),
    EVENT_ID_FIELDS,
    MAX_ATTEMPTS: '10',
    MAX_RECORDS_PER_CALL: String(recordsPerCall),
  });
  return {
    proxy,
    functionName: await physicalId(FUNCTION),
    closeBreaker: () =>
      dynamo.send(new DeleteItemCommand({ TableName, Key: { id: { S: 'breaker' } } })),
    restore: async (): Promise<void> => {
      await restoreFunction();
      await restoreQueue();
      await proxy.stop();
    },
  };
}

export type Scene = Awaited<ReturnType<typeof prepare>>;
