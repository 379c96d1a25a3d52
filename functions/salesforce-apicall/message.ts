import type { SQSRecord } from 'aws-lambda';
import { unfoldAttributes } from '#common/message-attributes.ts';
import { RequestError } from './errors.ts';
import {
  type EventContext,
  type IncomingRequest,
  parseJson,
  REQUEST_TYPE,
  toIncomingRequest,
} from './request/parse.ts';

/** The message attributes of type String. This stack reads and writes no others. */
export const recordAttributes = ({ messageAttributes }: SQSRecord): Record<string, string> =>
  unfoldAttributes(
    Object.fromEntries(
      Object.entries(messageAttributes).flatMap(([name, { stringValue }]) =>
        stringValue === undefined ? [] : [[name, stringValue]],
      ),
    ),
  );

/** The attribute `Redrive` of a redriven or requeued message (fields: common/message-attributes.ts). */
export function redriveOf(record: SQSRecord): Readonly<Record<string, unknown>> {
  try {
    return { ...Object(JSON.parse(recordAttributes(record)['Redrive'] ?? '{}')) };
  } catch {
    return {};
  }
}

const textIn = (record: SQSRecord, name: string): string | undefined => {
  const value = redriveOf(record)[name];
  return typeof value === 'string' ? value : undefined;
};

/** The id of the message in which the request first arrived: redrives and requeues send new ones that name it. */
export const firstMessageId = (record: SQSRecord): string =>
  textIn(record, 'messageId') ?? record.messageId;

/** What attempts are counted by: a requeued message continues its count, a redriven one starts over. */
export const attemptsKey = (record: SQSRecord): string =>
  textIn(record, 'attemptsOf') ?? record.messageId;

/** When the request's first message was received for the first time. */
export function firstReceivedAt(record: SQSRecord): Date {
  const named = new Date(textIn(record, 'firstAt') ?? Number.NaN);
  return Number.isNaN(named.getTime())
    ? new Date(Number(record.attributes.ApproximateFirstReceiveTimestamp))
    : named;
}

/** Whether the request may have been made before, successfully or not. */
export const isRedelivered = (record: SQSRecord): boolean =>
  Number(record.attributes.ApproximateReceiveCount) > 1 ||
  recordAttributes(record)['Redrive'] !== undefined;

/** An SQS message and its request, or why its body is not a request. */
export interface Message {
  readonly record: SQSRecord;
  /** The request's own, or one made from the message where the body has none. */
  readonly context: EventContext;
  readonly request: IncomingRequest | RequestError;
}

export function parseMessage(record: SQSRecord): Message {
  const { messageId, eventSourceARN: source, body } = record;
  try {
    const request = toIncomingRequest(parseJson(body), { id: firstMessageId(record), source });
    return { record, context: request.context, request };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return { record, context: { id: messageId, source, type: REQUEST_TYPE }, request: error };
  }
}

/** Oldest first: within a batch, requests for one record are made in this order. */
export function inSentOrder(records: readonly SQSRecord[]): SQSRecord[] {
  const sentAt = ({ attributes }: SQSRecord): number => Number(attributes.SentTimestamp);
  return records.toSorted((one, other) => sentAt(one) - sentAt(other));
}
