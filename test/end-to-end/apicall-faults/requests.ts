import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import {
  create,
  deletion,
  refused,
  type Sent,
  update,
  upsert,
} from '../../../local/chaos/requests.ts';
import { output, sqs } from '../harness.ts';

/** The objects that are written; creates of the one with an event id field are upserts. */
export const OBJECTS = ['Contact', 'Lead', 'Order__e', 'Case', 'Account', 'Widget__c'];
export const EVENT_ID_FIELDS = 'Case:EventId__c';

/** The ids of records that are there before: one for each update, one for each deletion. */
export interface Seeds {
  readonly updated: readonly string[];
  readonly deleted: readonly string[];
}

/** Of ten requests, how many are of a kind. */
export const SHARE = { update: 2, deletion: 1 };

/** Requests of all kinds in a fixed mixture. */
export function mixture(run: string, count: number, { updated, deleted }: Seeds): Sent[] {
  return Array.from({ length: count }, (_, index) => {
    const marker = `${run}-${index}`;
    const turn = Math.floor(index / 10);
    const makers = [
      () => create('guarded', 'Contact', marker),
      () => update('Account', updated[2 * turn] ?? '', marker),
      () => create('event id', 'Case', marker),
      () => create('guarded', 'Lead', marker),
      () => upsert('Widget__c', marker),
      () => update('Account', updated[2 * turn + 1] ?? '', marker),
      () => deletion('Widget__c', deleted[turn] ?? '', marker),
      () => create('event id', 'Case', marker),
      () => create('guarded', 'Order__e', marker),
      () => (turn % 5 === 0 ? refused(marker) : create('guarded', 'Contact', marker)),
    ];
    return (makers[index % 10] ?? (() => refused(marker)))();
  });
}

/** Sends requests to the queue, ten at a time. */
export async function send(requests: readonly Sent[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(requests.length / 10) }, (_, index) =>
    requests.slice(index * 10, index * 10 + 10),
  );
  const QueueUrl = output('ApiCallQueueUrl');
  const sendBatch = (batch: readonly Sent[]) => {
    const Entries = batch.map(({ data }, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify(data),
    }));
    return sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  };
  await pMap(batches, sendBatch, { concurrency: 4 });
}
