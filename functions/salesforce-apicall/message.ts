import type { SQSRecord } from 'aws-lambda';
import { unfoldAttributes } from '#common/message-attributes.ts';
import { RequestError } from './errors.ts';
import { type Arrival, type Context, parseJson, REQUEST_TYPE, toArrival } from './request/parse.ts';

/** A message's own attributes as text; nothing of this stack writes or reads others. */
export const textAttributes = ({ messageAttributes }: SQSRecord): Record<string, string> =>
  unfoldAttributes(
    Object.fromEntries(
      Object.entries(messageAttributes).flatMap(([name, { stringValue }]) =>
        stringValue === undefined ? [] : [[name, stringValue]],
      ),
    ),
  );

/** What a message that stands for an earlier one says of it: the attribute `Redrive`. */
export function redriveOf(record: SQSRecord): Readonly<Record<string, unknown>> {
  try {
    return { ...Object(JSON.parse(textAttributes(record)['Redrive'] ?? '{}')) };
  } catch {
    return {};
  }
}

const textIn = (record: SQSRecord, name: string): string | undefined => {
  const value = redriveOf(record)[name];
  return typeof value === 'string' ? value : undefined;
};

/** The id of the message that a request came in first: a redrive sends a new one and names the old. */
export const firstMessageId = (record: SQSRecord): string =>
  textIn(record, 'messageId') ?? record.messageId;

/** What a message's attempts are counted by: a renewed message goes on, a redriven one begins anew. */
export const attemptsKey = (record: SQSRecord): string =>
  textIn(record, 'attemptsOf') ?? record.messageId;

/** When a message was received for the first time, before its renewals too. */
export function firstReceivedAt(record: SQSRecord): Date {
  const named = new Date(textIn(record, 'firstAt') ?? Number.NaN);
  return Number.isNaN(named.getTime())
    ? new Date(Number(record.attributes.ApproximateFirstReceiveTimestamp))
    : named;
}

/** Whether the request may have been made before, in whatever way that ended. */
export const isRedelivered = (record: SQSRecord): boolean =>
  Number(record.attributes.ApproximateReceiveCount) > 1 ||
  textAttributes(record)['Redrive'] !== undefined;

/** What a message holds, or why its body is none of the forms that a request may have. */
export function arrivalOf(record: SQSRecord): Arrival | RequestError {
  const origin = { id: firstMessageId(record), source: record.eventSourceARN };
  try {
    return toArrival(parseJson(record.body), origin);
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
}

/** Whose request a message is, as far as it says. */
export const contextOf = (
  record: SQSRecord,
  arrival: Arrival | RequestError | undefined,
): Context =>
  arrival === undefined || arrival instanceof RequestError
    ? { id: record.messageId, source: record.eventSourceARN, type: REQUEST_TYPE }
    : arrival.context;

/** Oldest first: within a batch, requests on one record are made in this order. */
export function inSentOrder(records: readonly SQSRecord[]): SQSRecord[] {
  const sentAt = ({ attributes }: SQSRecord): number => Number(attributes.SentTimestamp);
  return records.toSorted((one, other) => sentAt(one) - sentAt(other));
}
