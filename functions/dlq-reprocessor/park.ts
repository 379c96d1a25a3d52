import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Publish } from '#common/publish.ts';
import type { DeadLetter, Envelope } from './envelope.ts';
import { HandoverError } from './errors.ts';
import type { ParkReason } from './names.ts';

/** Keeps a text under a key; rejects when it could not be stored. */
export type StoreObject = (key: string, body: string) => Promise<void>;

export const parkBucket =
  (Bucket: string, client: S3Client): StoreObject =>
  async (Key, Body) => {
    await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/json' }));
  };

interface ParkDependencies {
  readonly store: StoreObject;
  readonly publish: Publish;
  readonly remainingMs: () => number;
  readonly now?: () => Date;
}

const eventIdOf = (envelope: Envelope): string | undefined => {
  if (envelope.kind !== 'rule') return undefined;
  const { id }: { id?: unknown } = JSON.parse(envelope.event);
  return typeof id === 'string' ? id : undefined;
};

/**
 * Keeps a dead letter for a person: the message and its history in S3, and an event on the bus that says so.
 *
 * @throws HandoverError when it could not be stored; the dead letter must stay then.
 */
export function createPark({
  store,
  publish,
  remainingMs,
  now = () => new Date(),
}: ParkDependencies) {
  return async (
    letter: DeadLetter,
    envelope: Envelope,
    reason: ParkReason,
    why: string,
  ): Promise<void> => {
    const { messageId, body, attributes, sentAt } = letter;
    const at = now().toISOString();
    const key = `parked/${reason}/${at.slice(0, 10)}/${messageId}.json`;
    const { kind, history } = envelope;
    const parked = {
      reason,
      why,
      parkedAt: at,
      kind,
      eventId: eventIdOf(envelope),
      history,
      messageId,
      sentAt,
      attributes,
      body,
    };
    await store(key, JSON.stringify(parked)).catch((cause: unknown) => {
      throw new HandoverError('the dead letter could not be stored', { cause });
    });
    const entry = {
      id: messageId,
      source: 'salesforce-eventbridge',
      detailType: 'salesforce-eventbridge.parked',
      detail: JSON.stringify({ reason, key, id: messageId }),
      resources: [],
    };
    // The object is what counts; an announcement that neither bus nor spill queue take is only logged by its metric.
    await publish([entry], remainingMs);
  };
}

export type Park = ReturnType<typeof createPark>;
