import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { factsOf } from '../../functions/dlq-reprocessor/dead-letter/facts.ts';
import type { DeadLetterMessage } from '../../functions/dlq-reprocessor/dead-letter/message.ts';
import { parseEnvelope } from '../../functions/dlq-reprocessor/dead-letter/parse.ts';
import { PARKED } from '../../functions/dlq-reprocessor/park/record.ts';
import { countMessages } from '../../functions/dlq-reprocessor/queue/queue.ts';
import { awsProblemOf } from '../aws.ts';
import { type QueuePlace, queuePlaces } from '../dlq/failures/failure.ts';
import { readQueue } from '../dlq/failures/queue.ts';
import { messageIdOfParkKey } from './links.ts';
import type { EventStack } from './stack.ts';
import { stateOf } from './state.ts';
import type { Hop, PayloadPlace, UnreadStore } from './trace.ts';

/** Where an event's message or payload is, and what that tells. */
export interface Found {
  readonly payloads: readonly PayloadPlace[];
  readonly hops: readonly Hop[];
  readonly unread: readonly UnreadStore[];
}

/** What a search of one store finds: a place of each message or object, with what that tells if no log line does. */
interface Place {
  readonly payload: PayloadPlace;
  readonly hops: readonly Hop[];
}

type Searched = { readonly places: readonly Place[] } | { readonly unread: UnreadStore };

interface Stores {
  readonly clients: { readonly sqs: SQSClient; readonly s3: S3Client };
  readonly stack: EventStack;
}

const MAX_MESSAGES = 50;

/** The message's ids, and those of its request and event. */
function describe(message: DeadLetterMessage) {
  // Which bus is the redrive bus decides whether an event is unwrapped: its inner ids are searched, too.
  const envelope = parseEnvelope(message, '');
  const failure = envelope.kind === 'request' ? envelope.failure : undefined;
  const { eventId, failureClass, errorCode } = factsOf(envelope);
  const first = envelope.history.messageId ?? failure?.messageId;
  return {
    messageId: message.messageId,
    firstMessageId: first,
    eventId,
    class: failureClass,
    errorCode,
  };
}

function toPlace(store: QueuePlace, message: DeadLetterMessage): Place {
  const facts = Object.entries(describe(message));
  const hop: Hop = {
    at: message.sentAt.toISOString(),
    kind: store === 'SpillQueue' ? 'spilled' : 'dead-lettered',
    where: store,
    text: `In ${store}`,
    isFailure: true,
    fields: Object.fromEntries(
      facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
  };
  return { payload: { store, key: message.messageId }, hops: [hop] };
}

/** Whether one of the values is an id of the message, or stands in its body: as an event's id or a delivery's URN. */
function isAbout(message: DeadLetterMessage, values: ReadonlySet<string>): boolean {
  const { messageId, firstMessageId, eventId } = describe(message);
  return [messageId, firstMessageId, eventId].some((id) => id !== undefined && values.has(id));
}

async function findInQueue(
  store: QueuePlace,
  values: ReadonlySet<string>,
  { clients: { sqs: client }, stack }: Stores,
): Promise<Place[]> {
  const url = stack.physicalIds[store];
  if (url === undefined) return [];
  const found: DeadLetterMessage[] = [];
  const expected = await countMessages({ client, url }).then(
    ({ visible }) => visible,
    // Those who may receive need not be allowed to count.
    () => 0,
  );
  const takePage = async (page: readonly DeadLetterMessage[]): Promise<boolean> => {
    found.push(...page.filter((message) => isAbout(message, values)));
    return false;
  };
  await readQueue({ client, url }, takePage, { max: MAX_MESSAGES, expected });
  return found.map((message) => toPlace(store, message));
}

/** S3 lists 1,000 keys a page (API Reference, "ListObjectsV2"). */
const MAX_LISTS = 10;

async function findParked(
  values: ReadonlySet<string>,
  { clients, stack }: Stores,
): Promise<Place[]> {
  const Bucket = stack.physicalIds['ParkBucket'];
  const places: Place[] = [];
  let StartAfter: string | undefined;
  for (let lists = 0; Bucket !== undefined && lists < MAX_LISTS; lists += 1) {
    const command = new ListObjectsV2Command({ Bucket, Prefix: PARKED, StartAfter });
    const { Contents = [], IsTruncated = false } = await clients.s3.send(command);
    places.push(
      ...Contents.flatMap(({ Key = '', LastModified = new Date(0) }) => {
        const messageId = messageIdOfParkKey(Key);
        return messageId !== undefined && values.has(messageId)
          ? [toParked(Key, messageId, LastModified)]
          : [];
      }),
    );
    StartAfter = Contents.at(-1)?.Key;
    if (!IsTruncated) break;
  }
  return places;
}

function toParked(key: string, messageId: string, at: Date): Place {
  const reason = key.split('/')[1] ?? '';
  const hop: Hop = {
    at: at.toISOString(),
    kind: 'parked',
    where: 'ParkBucket',
    text: `Parked (${reason})`,
    isFailure: true,
    fields: { key, messageId, reason },
  };
  return { payload: { store: 'ParkBucket', key }, hops: [hop] };
}

async function findClaims(hops: readonly Hop[], { clients, stack }: Stores): Promise<Place[]> {
  const Bucket = stack.physicalIds['PayloadBucket'];
  const keys = new Set(hops.flatMap(({ fields }) => String(fields['payloadKey'] ?? '') || []));
  const found = await Promise.all(
    [...keys].map(async (key) => {
      const list = new ListObjectsV2Command({ Bucket, Prefix: key });
      const { Contents = [] } = await clients.s3.send(list);
      return Contents.some(({ Key }) => Key === key) ? [key] : [];
    }),
  );
  return found.flat().map((key) => ({ payload: { store: 'PayloadBucket', key }, hops: [] }));
}

/** What searching a store takes. Its key is the stack's, or another that the template's parameter names. */
const permissionsFor = (store: PayloadPlace['store']): string[] =>
  store === 'ParkBucket' || store === 'PayloadBucket'
    ? ['s3:ListBucket']
    : ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'kms:Decrypt'];

async function search(
  store: PayloadPlace['store'],
  find: () => Promise<readonly Place[]>,
): Promise<Searched> {
  try {
    return { places: await find() };
  } catch (error) {
    const permissions = permissionsFor(store);
    if (awsProblemOf(error, '').kind !== 'access denied') throw error;
    return { unread: { store, permissions } };
  }
}

/**
 * Looks for what still holds a message of the event, or its payload: in the dead-letter queues and SpillQueue unless it has left
 * them (at most 50 messages of each, given back at once; those that wait until they are due are hidden, and not found), in
 * ParkBucket (the first 10,000 objects) and in PayloadBucket. A store whose permissions the caller lacks is told, and the others
 * are searched.
 *
 * @param values the event's ids.
 * @param hops what the log lines tell; empty if they tell nothing.
 * @throws the AWS SDK's error.
 */
export async function findPayloads(
  values: ReadonlySet<string>,
  hops: readonly Hop[],
  stores: Stores,
): Promise<Found> {
  const state = stateOf(hops);
  const isDone = state === 'succeeded' || state === 'ignored';
  const mayBeQueued = !isDone && state !== 'parked';
  const wasParked = hops.length === 0 || hops.some(({ kind }) => kind === 'parked');
  const searched = await Promise.all([
    ...(mayBeQueued
      ? queuePlaces.map((queue) => search(queue, () => findInQueue(queue, values, stores)))
      : []),
    ...(wasParked ? [search('ParkBucket', () => findParked(values, stores))] : []),
    search('PayloadBucket', () => findClaims(hops, stores)),
  ]);
  const places = searched.flatMap((one) => ('places' in one ? one.places : []));
  return {
    payloads: places.map(({ payload }) => payload),
    hops: places.flatMap((place) => place.hops),
    unread: searched.flatMap((one) => ('unread' in one ? one.unread : [])),
  };
}
