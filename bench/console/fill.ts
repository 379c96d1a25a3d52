import { randomUUID } from 'node:crypto';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import pMap from 'p-map';
import { issueOpened, sendGitHub } from '../../local/demo/github.ts';
import {
  chunksOfTen,
  countMessages,
  createReprocessor,
  openQueue,
} from '../../local/demo/queues.ts';
import { localClient } from '../../local/stack/aws.ts';
import type { Stack } from '../../local/stack/stack-file.ts';
import { waitFor } from '../../local/stack/wait.ts';

/** As many as a webhook function has containers (template.yaml, WebhookReservedConcurrency). */
const CONCURRENCY = 10;

const WAIT_MS = 300_000;

/** Salesforce's limit of a last name is 80 characters: half are too long, the others are missing. */
const invalidNames = [{ LastName: 'x'.repeat(200) }, { Title: 'Director' }];

const requestFor = (object: string, payload: object) => ({
  action: 'POST',
  resource: 'sobjects',
  object,
  payload,
  idempotencyKey: randomUUID(),
});

/** What the bench sends to a stack, each time until everything has come to its end. */
export function createFiller({ endpoint, functionUrls, outputs, secrets }: Stack) {
  const eventBridge = new EventBridgeClient(localClient(endpoint));
  const requests = openQueue(endpoint, outputs['ApiCallQueueUrl'] ?? '');
  const deadLetters = openQueue(endpoint, outputs['ApiCallDlqUrl'] ?? '');
  const reprocess = createReprocessor(endpoint, outputs['DlqReprocessorFunctionName'] ?? '');
  const payload = issueOpened();

  const publish = async (details: readonly object[]): Promise<void> => {
    const Entries = details.map((detail) => ({
      EventBusName: outputs['EventBusName'],
      Source: 'bench',
      DetailType: 'io.triggermesh.salesforce.apicall',
      Detail: JSON.stringify(detail),
    }));
    const { FailedEntryCount } = await eventBridge.send(new PutEventsCommand({ Entries }));
    if (FailedEntryCount !== 0) throw new Error(`The bus refused ${FailedEntryCount} events`);
  };

  const publishAll = (count: number, toDetail: (index: number) => object) =>
    pMap(chunksOfTen(Array.from({ length: count }, (_, index) => toDetail(index))), publish, {
      concurrency: 2,
    });

  /** The bus has put a message in the queue by the time that it has accepted the event. */
  const end = (): Promise<true> =>
    waitFor(
      'the end of all events',
      async () => ((await countMessages(requests)) === 0 ? true : undefined),
      { timeoutMs: WAIT_MS, intervalMs: 50 },
    );

  return {
    /** Signed webhooks, each of which becomes a Case. */
    webhooks: async (count: number): Promise<void> => {
      await pMap(
        Array.from({ length: count }),
        async () => {
          const { status } = await sendGitHub(functionUrls.github ?? '', secrets.github, payload);
          if (status !== 202) throw new Error(`The response to a webhook was ${status}`);
        },
        { concurrency: CONCURRENCY },
      );
      await end();
    },
    /** Requests on the bus, each of which becomes a Contact. */
    requests: async (count: number): Promise<void> => {
      await publishAll(count, (index) => requestFor('Contact', { LastName: `Contact ${index}` }));
      await end();
    },
    /** Requests that Salesforce refuses for good: messages in ApiCallDlq. */
    failures: async (count: number): Promise<void> => {
      const before = await countMessages(deadLetters);
      await publishAll(count, (index) => requestFor('Contact', invalidNames[index % 2] ?? {}));
      await end();
      const made = (await countMessages(deadLetters)) - before;
      if (made !== count) throw new Error(`${made} dead-letter messages instead of ${count}`);
    },
    /** Parks what is in ApiCallDlq. */
    park: () => reprocess({ action: 'park', queue: 'apicall' }),
    /** How many messages of ApiCallDlq a scheduled run of the reprocessor finds: it parks them. Or a dry run, fewer than 500. */
    found: async (isDryRun: boolean): Promise<number> => {
      const how = isDryRun ? { dryRun: true } : { unattended: true };
      const report = await reprocess({ queue: 'apicall', ...how });
      const results = Object.values(report?.queues?.apicall?.results ?? {});
      return results.reduce((sum, count) => sum + count, 0);
    },
  };
}

export type Filler = ReturnType<typeof createFiller>;
