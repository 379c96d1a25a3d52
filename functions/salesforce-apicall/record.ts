import type { SQSRecord } from 'aws-lambda';
import { RequestError } from './errors.ts';
import { type Arrival, type Context, REQUEST_TYPE, toArrival } from './request/arrival.ts';
import { parseJson } from './request/text.ts';

/** The id of the message that a request came in first: a redrive sends a new one and names the old. */
export function firstMessageId({ messageId, messageAttributes }: SQSRecord): string {
  try {
    const redrive = JSON.parse(messageAttributes['Redrive']?.stringValue ?? '{}');
    return typeof redrive?.messageId === 'string' ? redrive.messageId : messageId;
  } catch {
    return messageId;
  }
}

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
