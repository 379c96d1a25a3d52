import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { upsert } from '../../local/chaos/requests.ts';
import { simulatedOrg } from '../../local/demo/salesforce.ts';
import { localClient } from '../../local/stack/aws.ts';
import type { Stack } from '../../local/stack/stack-file.ts';
import { waitFor } from '../../local/stack/wait.ts';
import type { Planned } from './plan.ts';
import type { Targets } from './requests.ts';

const TIMEOUT_MS = 120_000;
const ENTRIES_PER_CALL = 10;

const markerOf = (seed: number, object: string, index: number): string =>
  `before-${seed}-${object}-${index}`;

/** Upserts: one that is tried again makes no second record. */
async function makeRecords(stack: Stack, seed: number, object: string, count: number) {
  const sqs = new SQSClient(localClient(stack.endpoint));
  const QueueUrl = stack.outputs['ApiCallQueueUrl'];
  const firsts = Array.from(
    { length: Math.ceil(count / ENTRIES_PER_CALL) },
    (_, call) => call * 10,
  );
  const sendTen = (first: number) => {
    const length = Math.min(ENTRIES_PER_CALL, count - first);
    const Entries = Array.from({ length }, (_, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify(upsert(object, markerOf(seed, object, first + index)).data),
    }));
    return sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  };
  await pMap(firsts, sendTen, { concurrency: 4 });
}

/** Makes a record for each update and each deletion, through the stack, before anything fails. */
export async function makeTargets(
  stack: Stack,
  seed: number,
  events: readonly Planned[],
): Promise<Targets> {
  const org = simulatedOrg(stack.salesforce.url);
  const needing = events.filter(({ way }) => way.kind === 'update' || way.kind === 'delete');
  const byObject = Map.groupBy(needing, ({ way }) => way.object);
  const targets = new Map<string, string[]>();
  for (const [object, { length }] of byObject) {
    await makeRecords(stack, seed, object, length);
    const records = await waitFor(
      `${length} records of ${object} to work on`,
      async () => {
        const all = await org.records(object);
        const made = all.filter(({ Marker__c }) => String(Marker__c).startsWith(`before-${seed}-`));
        return made.length === length ? made : undefined;
      },
      { timeoutMs: TIMEOUT_MS, intervalMs: 250 },
    );
    targets.set(
      object,
      records.map(({ Id }) => Id),
    );
  }
  return targets;
}
