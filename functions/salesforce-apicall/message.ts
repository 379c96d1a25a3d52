import type { SQSRecord } from 'aws-lambda';
import { type NotMade, notMadeIn } from '#common/idempotency-record.ts';
import { isJsonObject, type JsonObject } from '#common/json.ts';
import { unfoldAttributes } from '#common/message-attributes.ts';
import { asRequestError, type EventContext, RequestError } from './errors.ts';
import type { ExecutionReport } from './mapping/execution/report.ts';
import { parseJson } from './request/cloud-event.ts';
import {
  busEventIdOf,
  type IncomingRequest,
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
export function redriveOf(sqsRecord: SQSRecord): Readonly<Record<string, unknown>> {
  try {
    return { ...Object(JSON.parse(recordAttributes(sqsRecord)['Redrive'] ?? '{}')) };
  } catch {
    return {};
  }
}

const textIn = (sqsRecord: SQSRecord, name: string): string | undefined => {
  const value = redriveOf(sqsRecord)[name];
  return typeof value === 'string' ? value : undefined;
};

/** The id of the message in which the request first arrived: redrives and requeues send new ones that name it. */
export const firstMessageId = (sqsRecord: SQSRecord): string =>
  textIn(sqsRecord, 'messageId') ?? sqsRecord.messageId;

/** What attempts are counted by: a requeued message continues its count, a redriven one starts over. */
export const attemptsKey = (sqsRecord: SQSRecord): string =>
  textIn(sqsRecord, 'attemptsOf') ?? sqsRecord.messageId;

/** When the request's first message was received for the first time. */
export function firstReceivedAt(sqsRecord: SQSRecord): Date {
  const named = new Date(textIn(sqsRecord, 'firstAt') ?? Number.NaN);
  return Number.isNaN(named.getTime())
    ? new Date(Number(sqsRecord.attributes.ApproximateFirstReceiveTimestamp))
    : named;
}

/** How many requests may share an API call with the message's; `undefined`: as many as fit. */
export function callSizeOf(sqsRecord: SQSRecord): number | undefined {
  const size = redriveOf(sqsRecord)['callSize'];
  return typeof size === 'number' && Number.isInteger(size) && size > 0 ? size : undefined;
}

/** Records in progress of earlier attempts, which were not made. */
export const notMadeOf = (sqsRecord: SQSRecord): NotMade | undefined =>
  notMadeIn(redriveOf(sqsRecord)['notMade']);

/** Whether the request may have been made before, successfully or not. */
export const isRedelivered = (sqsRecord: SQSRecord): boolean =>
  Number(sqsRecord.attributes.ApproximateReceiveCount) > 1 ||
  recordAttributes(sqsRecord)['Redrive'] !== undefined;

/** An SQS message and its request, or why its body is not a request. */
export interface Message {
  readonly sqsRecord: SQSRecord;
  /** The request's own as far as it can be read, or one made from the message's ids. */
  readonly context: EventContext;
  readonly request: IncomingRequest | RequestError;
  /** The id that EventBridge gave the event whose detail is a CloudEvent: `context` has the CloudEvent's own. */
  readonly busEventId?: string | undefined;
  /** The mapping that is applied to its event, and what it has done. */
  readonly mapped?: ExecutionReport;
}

/**
 * The only mapping that a message is for: the attribute `Mapping` of one of several messages of an event, or the mapping that failed
 * before a redrive (fields: common/message-attributes.ts).
 */
export const mappingOf = (sqsRecord: SQSRecord): string | undefined =>
  recordAttributes(sqsRecord)['Mapping'] ?? textIn(sqsRecord, 'mapping');

/** Whether dlq-reprocessor has sent the message: its event was dead-lettered before. */
export const isRedriven = (sqsRecord: SQSRecord): boolean => 'count' in redriveOf(sqsRecord);

/** From the message being sent to its first receive. */
export const queuedMsOf = ({ attributes }: SQSRecord): number =>
  Number(attributes.ApproximateFirstReceiveTimestamp) - Number(attributes.SentTimestamp);

export function parseMessage(sqsRecord: SQSRecord): Message {
  const { messageId, eventSourceARN: source, body } = sqsRecord;
  let busEventId: string | undefined;
  try {
    const value = parseJson(body);
    busEventId = busEventIdOf(value);
    const request = toIncomingRequest(value, { id: firstMessageId(sqsRecord), source });
    const carried = { callSize: callSizeOf(sqsRecord), notMade: notMadeOf(sqsRecord) };
    return {
      sqsRecord,
      context: request.context,
      busEventId,
      request: { ...request, ...carried, isRedelivered: isRedelivered(sqsRecord) },
    };
  } catch (error) {
    const request = asRequestError(error);
    const context = request.context ?? { id: messageId, source, type: REQUEST_TYPE };
    return { sqsRecord, context, busEventId, request };
  }
}

const isQueueRecord = (value: unknown): value is SQSRecord =>
  isJsonObject(value) &&
  ['body', 'messageId', 'receiptHandle'].every((name) => typeof value[name] === 'string') &&
  isJsonObject(value['attributes']) &&
  isMoments(value['attributes']) &&
  isJsonObject(value['messageAttributes']) &&
  Object.values(value['messageAttributes']).every(isJsonObject);

/** How often and when SQS handed the message over, and when it was sent: all are needed for every one. */
const isMoments = (attributes: JsonObject): boolean =>
  ['ApproximateReceiveCount', 'ApproximateFirstReceiveTimestamp', 'SentTimestamp'].every((name) =>
    /^\d{1,15}$/.test(String(attributes[name])),
  );

/**
 * The messages of a batch that the queue's event source mapping hands over; `undefined` for any other event.
 *
 * @throws RequestError `event-context` for records of another service: their source must not take them for handled.
 */
export function queueRecords(event: unknown): readonly SQSRecord[] | undefined {
  const records = isJsonObject(event) ? event['Records'] : undefined;
  if (!Array.isArray(records)) return undefined;
  if (records.every(isQueueRecord)) return records;
  throw new RequestError('event-context', 'Records: must be messages of an SQS queue');
}

/** Oldest first: within a batch, requests for one Salesforce record are made in this order. */
export function inSentOrder(records: readonly SQSRecord[]): SQSRecord[] {
  const sentAt = ({ attributes }: SQSRecord): number => Number(attributes.SentTimestamp);
  return records.toSorted((one, other) => sentAt(one) - sentAt(other));
}
