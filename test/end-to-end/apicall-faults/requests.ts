import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { output, sqs } from '../kit.ts';

/** What a request is to leave behind, found by its `marker` in Salesforce. */
export type Kind = 'guarded' | 'event id' | 'update' | 'upsert' | 'delete' | 'refused';

export interface Sent {
  readonly kind: Kind;
  readonly object: string;
  /** A text of its own in the field `Marker__c`; for deletions the record's id. */
  readonly marker: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The objects that are written; creates of the one with an event id field are upserts. */
export const OBJECTS = ['Contact', 'Lead', 'Order__e', 'Case', 'Account', 'Widget__c'];
export const EVENT_ID_FIELDS = 'Case:EventId__c';

const named = (marker: string) => ({
  Marker__c: marker,
  Name: marker,
  LastName: marker,
  Company: marker,
});

export function create(kind: Kind, object: string, marker: string): Sent {
  const data = {
    action: 'POST',
    resource: 'sobjects',
    object,
    payload: named(marker),
    idempotencyKey: marker,
  };
  return { kind, object, marker, data };
}

const update = (object: string, id: string, marker: string): Sent => {
  const { data } = create('update', object, marker);
  return { kind: 'update', object, marker, data: { ...data, action: 'PATCH', record: id } };
};

export const upsert = (object: string, marker: string): Sent => {
  const { data } = create('upsert', object, marker);
  const record = `Key__c/${marker}`;
  return { kind: 'upsert', object, marker, data: { ...data, action: 'PATCH', record } };
};

const deletion = (object: string, id: string, key: string): Sent => ({
  kind: 'delete',
  object,
  marker: id,
  data: { action: 'DELETE', resource: 'sobjects', object, record: id, idempotencyKey: key },
});

const refused = (marker: string): Sent => {
  const { data } = create('refused', 'Contact', marker);
  return {
    kind: 'refused',
    object: 'Contact',
    marker,
    data: { ...data, payload: { Marker__c: marker } },
  };
};

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
