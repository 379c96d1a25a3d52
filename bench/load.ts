import { readFileSync } from 'node:fs';
import { cpuOfEach, printFigures } from './figures.ts';

/**
 * Handles many events in one process, as a warm function does, and prints `usPerEvent`: the CPU per event for `count`
 * events after `warmUp` events. `queue` passes batches of 1,000 requests that create a Contact each, `queries` batches of
 * 1,000 queries, `redrive` redrives all messages of a dead-letter queue, and anything else is a file with one webhook.
 */
const [, , what = '', warmUpText = '0', countText = '0'] = process.argv;
const bundle = './index.mjs';
const { handler } = await import(bundle);
const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 110_000 };

/** The maximum batch size of a standard queue (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
const BATCH = 1_000;

let made = 0;

const create = () => ({
  action: 'POST',
  resource: 'sobjects',
  object: 'Contact',
  payload: { LastName: `Load ${made}`, Description: 'x'.repeat(200) },
});
const query = () => ({
  action: 'GET',
  resource: 'query',
  query: { q: `SELECT FIELDS(ALL) FROM Contact LIMIT 200 OFFSET ${made}` },
});

function toRecord(request: () => object) {
  made += 1;
  return {
    messageId: `message-${process.pid}-${made}`,
    receiptHandle: `receipt-${made}`,
    body: JSON.stringify(request()),
    attributes: {
      ApproximateReceiveCount: '1',
      ApproximateFirstReceiveTimestamp: String(Date.now()),
      SentTimestamp: String(Date.now()),
    },
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:calls',
    awsRegion: 'us-east-1',
  };
}

const handleQueue =
  (request: () => object) =>
  async (count: number): Promise<void> => {
    for (let left = count; left > 0; left -= BATCH) {
      const Records = Array.from({ length: Math.min(BATCH, left) }, () => toRecord(request));
      const { batchItemFailures } = await handler({ Records }, context);
      if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} failed`);
    }
  };

async function redrive(count: number): Promise<void> {
  const command = { action: 'redrive', queue: 'apicall', limit: 500, ratePerSecond: 500 };
  let redriven = 0;
  let cursor: string | undefined;
  do {
    const report = await handler(cursor === undefined ? command : { ...command, cursor }, context);
    redriven += report.queues.apicall.results.redriven;
    cursor = report.cursor;
  } while (cursor !== undefined);
  if (redriven !== count) throw new Error(`${redriven} of ${count} were redriven`);
}

async function handleWebhooks(count: number): Promise<void> {
  const event: unknown = JSON.parse(readFileSync(what, 'utf8'));
  for (let index = 0; index < count; index += 1) {
    const { statusCode } = await handler(event, context);
    if (statusCode !== 202) throw new Error(`the response to a webhook was ${statusCode}`);
  }
}

const kinds: Readonly<Record<string, (count: number) => Promise<void>>> = {
  queue: handleQueue(create),
  queries: handleQueue(query),
  redrive,
};
const handle = kinds[what] ?? handleWebhooks;
const warmUp = Number(warmUpText);
const count = Number(countText);
if (warmUp > 0) await handle(warmUp);
const usPerEvent = await cpuOfEach(count, () => handle(count));
printFigures({ usPerEvent });
process.exit(0);
