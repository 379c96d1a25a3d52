import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { localClient } from '../../../local/stack/aws.ts';
import { type ApiCall, startFaultProxy } from '../fault-proxy.ts';
import { environmentOf, physicalId, setEnvironment } from '../functions.ts';
import { org, output, sqs, stack } from '../kit.ts';
import { EVENT_ID_FIELDS } from './requests.ts';

const FUNCTION = 'SalesforceApiCallFunction';
const dynamo = new DynamoDBClient(localClient(stack.endpoint));

/** Waits of minutes and hours are cut to this. */
const LONGEST_WAIT_SECONDS = 2;

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

/** A shorter clock: what the function lets wait for minutes comes back while the test still runs. */
function hurry({ operation, body }: ApiCall): string {
  if (!/^AmazonSQS\.(ChangeMessageVisibility|SendMessage)Batch$/.test(operation)) return body;
  const call: { Entries: Waiting[] } = JSON.parse(body);
  return JSON.stringify({ ...call, Entries: call.Entries.map(shorter) });
}

/** Tries, and the receives that the template gives a message for so many of them. */
const ATTEMPTS = { tries: 10, receives: 30 };

type Attributes = Partial<Record<'RedrivePolicy' | 'VisibilityTimeout', string>>;

/** The queue of a function with so many tries. A crash costs a message as little time as it may. */
async function setQueue() {
  const QueueUrl = output('ApiCallQueueUrl');
  const set = (change: Attributes) =>
    sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: change }));
  const AttributeNames = ['RedrivePolicy', 'VisibilityTimeout'] as const;
  const { Attributes: before = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
  );
  const policy = {
    ...JSON.parse(before.RedrivePolicy ?? '{}'),
    maxReceiveCount: ATTEMPTS.receives,
  };
  // Just longer than the function may run.
  await set({ RedrivePolicy: JSON.stringify(policy), VisibilityTimeout: '6' });
  return () => set(before);
}

const QUEUES = ['ApiCallQueueUrl', 'ApiCallDlqUrl', 'SpillQueueUrl'];

/** Other suites leave behind what they have looked at. Objects have seconds, not milliseconds. */
async function clear(closeBreaker: () => Promise<unknown>): Promise<Date> {
  for (const key of QUEUES) await sqs.send(new PurgeQueueCommand({ QueueUrl: output(key) }));
  await org.clearFaults();
  await closeBreaker();
  return new Date(Math.floor(Date.now() / 1_000) * 1_000);
}

/** The deployed function behind a proxy that plays AWS' faults, in small calls, so that there are many of them. */
export async function prepare(recordsPerCall: number) {
  const proxy = await startFaultProxy(stack.endpoint, hurry);
  const through = (key: string): string => `${proxy.url}${new URL(output(key)).pathname}`;
  const { IDEMPOTENCY_TABLE_NAME: TableName = '' } = await environmentOf(FUNCTION);
  const closeBreaker = () =>
    dynamo.send(new DeleteItemCommand({ TableName, Key: { id: { S: 'breaker' } } }));
  const since = await clear(closeBreaker);
  const restoreQueue = await setQueue();
  const restoreFunction = await setEnvironment(FUNCTION, {
    AWS_ENDPOINT_URL: proxy.url,
    API_CALL_QUEUE_URL: through('ApiCallQueueUrl'),
    API_CALL_DLQ_URL: through('ApiCallDlqUrl'),
    SPILL_QUEUE_URL: through('SpillQueueUrl'),
    EVENT_ID_FIELDS,
    MAX_ATTEMPTS: String(ATTEMPTS.tries),
    MAX_RECORDS_PER_CALL: String(recordsPerCall),
  });
  return {
    proxy,
    functionName: await physicalId(FUNCTION),
    closeBreaker,
    /** Where this scene's time begins: what was parked before is no part of it. */
    since,
    restore: async (): Promise<void> => {
      await restoreFunction();
      await restoreQueue();
      await clear(closeBreaker);
      await proxy.stop();
    },
  };
}

export type Scene = Awaited<ReturnType<typeof prepare>>;
