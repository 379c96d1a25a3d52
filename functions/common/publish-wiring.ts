import { eventBus } from './bus.ts';
import { payloadBucket } from './claim-check.ts';
import { integer, readConfig, text } from './config.ts';
import { createPublish, type Publish } from './publish.ts';
import { spillQueue } from './spill.ts';

/**
 * The publish flow wired from the function's environment.
 *
 * @throws ConfigurationError
 */
export function publishFromEnvironment(): Publish {
  const config = readConfig({
    eventBusName: text('EVENT_BUS_NAME'),
    payloadBucketName: text('PAYLOAD_BUCKET_NAME'),
    maxEntryBytes: integer('MAX_ENTRY_BYTES', { fallback: 900_000, min: 1, max: 1_000_000 }),
    spillQueueUrl: text('SPILL_QUEUE_URL'),
  });
  return createPublish({
    ...config,
    putEntries: eventBus(),
    spill: spillQueue(config.spillQueueUrl),
    store: payloadBucket(config.payloadBucketName),
  });
}
