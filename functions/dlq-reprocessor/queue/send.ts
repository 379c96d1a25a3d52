import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import {
  abortBefore,
  type BatchItemError,
  putEventsLimits,
  type RemainingMs,
  sqsLimits,
} from '#common/aws.ts';
import type { PutEntries, PutEventsEntry } from '#common/events/event-bus.ts';
import type { Route } from '../redrive/route.ts';
import { sendInBatches } from './batch.ts';
import { messageBytes, type OutMessage, toMessageAttributes } from './message.ts';
import { resultsOf } from './queue.ts';

/** Sends messages; answers one result per message, in order: `undefined` where SQS confirmed. Never rejects. */
export type SendMessages = (
  messages: readonly OutMessage[],
  remainingMs: RemainingMs,
) => Promise<(BatchItemError | undefined)[]>;

/** What is left for the deletion of what was sent. */
const REMOVE_MS = 5_000;

/**
 * System attributes are not sent along, AWSTraceHeader among them: it carries the lineage by which Lambda stops loops
 * after about 16 rounds ("Use Lambda recursive loop detection to prevent infinite loops"). The attribute Redrive
 * counts the rounds of a message here, and every scheduled run begins a lineage of its own.
 */
export const sendToQueue =
  (QueueUrl: string, client: SQSClient): SendMessages =>
  (messages, remainingMs) =>
    sendInBatches(messages, messageBytes, sqsLimits, async (batch) => {
      const Entries = batch.map((message, index) => ({
        Id: String(index),
        MessageBody: message.body,
        MessageAttributes: toMessageAttributes(message),
      }));
      const command = new SendMessageBatchCommand({ QueueUrl, Entries });
      return resultsOf(batch, await client.send(command, abortBefore(remainingMs, REMOVE_MS)));
    });

export interface SendDependencies {
  readonly sendToApiCallQueue: SendMessages;
  readonly putEntries: PutEntries;
  readonly remainingMs: RemainingMs;
}

/** Anything with a way to go. */
interface Routed {
  readonly route?: Exclude<Route, { to: 'nowhere' }>;
  readonly refusal?: BatchItemError;
}

const entrySize = (entry: PutEventsEntry): number => Buffer.byteLength(JSON.stringify(entry));

const messageOf = ({ route }: Routed): OutMessage[] =>
  route?.to === 'queue' ? [route.message] : [];

const entryOf = ({ route }: Routed): PutEventsEntry[] => (route?.to === 'bus' ? [route.entry] : []);

const withRefusals = <Item extends Routed>(
  items: readonly Item[],
  refusals: readonly (BatchItemError | undefined)[],
): Item[] =>
  items.map((item, index) => {
    const refusal = refusals[index];
    return refusal === undefined ? item : { ...item, refusal };
  });

/**
 * Sends along routes, in batches.
 *
 * @returns a function that answers each item that has a route, with the refusal if it was not taken. It never rejects.
 */
export function createSend({ sendToApiCallQueue, putEntries, remainingMs }: SendDependencies) {
  return async <Item extends Routed>(items: readonly Item[]): Promise<Item[]> => {
    const toQueue = items.filter(({ route }) => route?.to === 'queue');
    const toBus = items.filter(({ route }) => route?.to === 'bus');
    const [sent, put] = await Promise.all([
      sendToApiCallQueue(toQueue.flatMap(messageOf), remainingMs),
      sendInBatches(toBus.flatMap(entryOf), entrySize, putEventsLimits, (batch) =>
        putEntries(batch, remainingMs),
      ),
    ]);
    return [...withRefusals(toQueue, sent), ...withRefusals(toBus, put)];
  };
}

export type Send = ReturnType<typeof createSend>;
