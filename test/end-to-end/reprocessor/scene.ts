import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { execa } from 'execa';
import pMap from 'p-map';
import type { Report } from '../../../functions/dlq-reprocessor/report.ts';
import { type ApiCall, startFaultProxy } from '../fault-proxy.ts';
import { setEnvironment } from '../functions.ts';
import { client, output, sqs, stack } from '../kit.ts';

const FUNCTION = 'DlqReprocessorFunction';
/** An invocation lasts up to two minutes, and is never made twice unasked. */
const lambda = new LambdaClient({
  ...client,
  maxAttempts: 1,
  requestHandler: { requestTimeout: 150_000 },
});
const s3 = new S3Client({ ...client, forcePathStyle: true });

/** What a killed function has received comes back after so long, instead of after two minutes. */
const HIDE_SECONDS = 6;

/** A shorter clock for what was received and neither deleted nor sent to wait. */
function hurry({ operation, body }: ApiCall): string {
  if (operation !== 'AmazonSQS.ReceiveMessage') return body;
  return JSON.stringify({ ...JSON.parse(body), VisibilityTimeout: HIDE_SECONDS });
}

/** Node takes what it may before it collects: with little, what is kept of each letter shows, or ends the process. */
const SMALL_HEAP = '--enable-source-maps --max-old-space-size=64 --max-semi-space-size=4';

const queues = ['ApiCallDlqUrl', 'RuleDlqUrl', 'SpillQueueUrl'] as const;

/** Runs the reprocessor; `undefined` where the invocation failed. */
export async function invoke(command: object): Promise<Report | undefined> {
  const { Payload = new Uint8Array(), FunctionError } = await lambda.send(
    new InvokeCommand({
      FunctionName: output('DlqReprocessorFunctionName'),
      Payload: JSON.stringify(command),
    }),
  );
  return FunctionError === undefined ? JSON.parse(Buffer.from(Payload).toString()) : undefined;
}

/** The deployed function behind a proxy that plays AWS' faults. */
export async function prepare() {
  const proxy = await startFaultProxy(stack.endpoint, hurry);
  const through = (key: string): string => `${proxy.url}${new URL(output(key)).pathname}`;
  const restore = await setEnvironment(FUNCTION, {
    AWS_ENDPOINT_URL: proxy.url,
    NODE_OPTIONS: SMALL_HEAP,
    API_CALL_DLQ_URL: through('ApiCallDlqUrl'),
    RULE_DLQ_URL: through('RuleDlqUrl'),
    SPILL_QUEUE_URL: through('SpillQueueUrl'),
    API_CALL_QUEUE_URL: through('ApiCallQueueUrl'),
  });
  return {
    proxy,
    /** Leaves nothing behind for other suites. */
    restore: async (): Promise<void> => {
      await restore();
      await proxy.stop();
      for (const queue of queues) {
        await sqs.send(new PurgeQueueCommand({ QueueUrl: output(queue) }));
      }
    },
  };
}

export type Scene = Awaited<ReturnType<typeof prepare>>;

/** A letter as the park bucket keeps it. */
export interface ParkedObject {
  readonly reason: string;
  readonly body: string;
}

const read = new Map<string, ParkedObject>();

async function readObject(Bucket: string, Key: string): Promise<ParkedObject> {
  const known = read.get(Key);
  if (known) return known;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const object: ParkedObject = JSON.parse((await Body?.transformToString()) ?? '');
  read.set(Key, object);
  return object;
}

/** All parked objects, however many; each is read once. */
export async function parkedObjects(): Promise<ParkedObject[]> {
  const Bucket = output('ParkBucketName');
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket, Prefix: 'parked/' },
  )) {
    keys.push(...Contents.map(({ Key = '' }) => Key));
  }
  return pMap(keys, (key) => readObject(Bucket, key), { concurrency: 8 });
}

/** Messages in the queues of dead letters and requests: those that can be received, and those that are hidden. */
export async function queued(): Promise<{ visible: number; hidden: number }> {
  const urls = [...queues, 'ApiCallQueueUrl' as const].map(output);
  const counts = await pMap(urls, async (QueueUrl) => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    return {
      visible: Number(Attributes['ApproximateNumberOfMessages']),
      hidden: Number(Attributes['ApproximateNumberOfMessagesNotVisible']),
    };
  });
  const sum = (key: 'visible' | 'hidden') => counts.reduce((total, one) => total + one[key], 0);
  return { visible: sum('visible'), hidden: sum('hidden') };
}

/** Resident memory of the function's process in MB; the largest, where there are several. */
export async function memoryOf(functionName: string): Promise<number> {
  const { stdout } = await execa('ps', ['-axo', 'rss=,args=']);
  const sizes = stdout.split('\n').flatMap((line) => {
    const [, kilobytes, command = ''] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    return command.includes(`ministack-lambda-${functionName}-`) ? [Number(kilobytes)] : [];
  });
  return Math.round(Math.max(0, ...sizes) / 1024);
}
