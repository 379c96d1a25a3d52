import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { abortBefore, type BatchItemError, putEventsLimits, sqsLimits } from '#common/aws.ts';
import { createEventBus, type PutEventsEntry } from '#common/events/event-bus.ts';
import type { Command } from '../command.ts';
import type { Evaluated, Sent } from '../evaluate.ts';
import { type Invocation, timeLimits } from '../invocation.ts';
import { isNonRetryableEntry } from '../policy.ts';
import { batchResults, isItemError, sendInBatches } from '../queue/batch.ts';
import { messageBytes, type OutgoingMessage } from './route.ts';

/** The part of an invocation that sending needs. */
interface Sending extends Pick<Invocation, 'config' | 'remainingMs'> {
  readonly clients: Pick<Invocation['clients'], 'sqs'>;
}

/**
 * Sends messages to ApiCallQueue. The system attribute AWSTraceHeader is not copied: Lambda's loop detection would stop
 * the message after about 16 rounds ("Use Lambda recursive loop detection to prevent infinite loops"). The attribute
 * `Redrive` counts the redrives instead, and each scheduled run starts a trace of its own. Never rejects.
 *
 * @returns one result per message, in order: the id that SQS gave it, or the error.
 */
export const sendMessages = (
  messages: readonly OutgoingMessage[],
  { clients, config, remainingMs }: Sending,
): Promise<(BatchItemError | Sent)[]> =>
  sendInBatches(messages, messageBytes, sqsLimits, async (batch) => {
    const Entries = batch.map(({ body, attributes }, index) => ({
      Id: String(index),
      MessageBody: body,
      MessageAttributes: { ...attributes },
    }));
    const command = new SendMessageBatchCommand({ QueueUrl: config.apiCallQueueUrl, Entries });
    const options = abortBefore(remainingMs, timeLimits.afterSendMs);
    const output = await clients.sqs.send(command, options);
    const sentIds = new Map(output.Successful?.map(({ Id, MessageId }) => [Id, MessageId]));
    return batchResults(batch, output).map(
      (error, index) => error ?? { sentMessageId: sentIds.get(String(index)) },
    );
  });

const entryJsonBytes = (entry: PutEventsEntry): number => Buffer.byteLength(JSON.stringify(entry));

/** Puts entries on their bus, which retries the throttled ones. Never rejects. @returns as `sendMessages`. */
function putEntries(
  entries: readonly PutEventsEntry[],
  { clients, remainingMs }: Invocation,
): Promise<(BatchItemError | Sent)[]> {
  const reserveMs = timeLimits.afterPutEventsMs;
  const put = createEventBus({ client: clients.eventBridge, reserveMs });
  return sendInBatches(entries, entryJsonBytes, putEventsLimits, async (batch) => {
    const results = await put(batch, remainingMs);
    return results.map((one) => (isItemError(one) ? one : { sentEventId: one.eventId }));
  });
}

const messageOf = ({ route }: Evaluated): OutgoingMessage[] =>
  route?.to === 'queue' ? [route.message] : [];

const entryOf = ({ route }: Evaluated): PutEventsEntry[] =>
  route?.to === 'bus' ? [route.entry] : [];

/** @param results one per message, in order. */
const withResults = (
  evaluated: readonly Evaluated[],
  results: readonly (BatchItemError | Sent)[],
): Evaluated[] =>
  evaluated.map((one, index) => {
    const result = results[index] ?? { errorCode: 'MissingResult' };
    return isItemError(result) ? { ...one, error: result } : { ...one, sent: result };
  });

/** Parks an entry that the bus will never accept, unless it is parked already, or nothing may be parked. */
function orPark({ error, ...sent }: Evaluated, { only }: Command): Evaluated {
  if (!error) return sent;
  const mayPark = sent.message.parked === undefined && only !== 'redrive';
  if (!mayPark || !isNonRetryableEntry(error.errorCode)) return { ...sent, error };
  const why = `the event bus: ${error.errorCode}`;
  return { ...sent, decision: { kind: 'park', reason: 'PERMANENT', why } };
}

/**
 * Sends messages along their routes, in batches. Never rejects.
 *
 * @returns the messages; one that was not accepted has the error, or the decision to park it.
 */
export async function redriveAll(
  evaluated: readonly Evaluated[],
  invocation: Invocation,
): Promise<Evaluated[]> {
  const toQueue = evaluated.filter(({ route }) => route?.to === 'queue');
  const toBus = evaluated.filter(({ route }) => route?.to === 'bus');
  const [queueResults, busResults] = await Promise.all([
    sendMessages(toQueue.flatMap(messageOf), invocation),
    putEntries(toBus.flatMap(entryOf), invocation),
  ]);
  return [
    ...withResults(toQueue, queueResults),
    ...withResults(toBus, busResults).map((one) => orPark(one, invocation.command)),
  ];
}
