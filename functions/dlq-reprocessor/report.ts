import * as z from 'zod/mini';
import { parkReasons, queueNames } from './names.ts';

const count = () => z.int().check(z.nonnegative());
const optionalText = () => z.exactOptional(z.string());

/** What one message came to, or would come to; `skipped`: it does not match the filter. */
const results = z.object({
  redriven: count(),
  parked: count(),
  waiting: count(),
  skipped: count(),
  refused: count(),
  failed: count(),
});

/** What filters and reports say of a message: names and ids, and no content but `message`. */
const messageFacts = z.object({
  errorCode: optionalText(),
  failureClass: optionalText(),
  /** Tries before it became a dead-letter message. */
  attempts: z.exactOptional(z.number()),
  /** The Salesforce object and the action of a request. */
  object: optionalText(),
  action: optionalText(),
  rule: optionalText(),
  detailType: optionalText(),
  source: optionalText(),
  eventId: optionalText(),
  /** The error text of Salesforce, EventBridge or Lambda: it may quote field values, and is in previews only. */
  message: optionalText(),
});

/** A message as a dry run reports it. */
const reportedMessage = z.extend(messageFacts, {
  messageId: z.string(),
  sentAt: z.string(),
  kind: z.enum(['rule', 'request', 'entry', 'unknown', 'parked']),
  decision: z.enum(['redrive', 'wait', 'park', 'refuse', 'skip']),
  /** A park reason, or words. */
  reason: z.string(),
  why: z.string(),
  /** When its next try is due. */
  until: optionalText(),
  redrives: z.number(),
  /** Of the parked object. */
  key: optionalText(),
});

const queueReport = z.object({
  received: count(),
  results,
  /** Counts by decision or park reason. */
  byReason: z.record(z.string(), count()),
  /** SQS's approximate counts at the end; absent for parked objects. */
  left: z.exactOptional(z.object({ visible: count(), hidden: count(), delayed: count() })),
  stoppedBy: z.enum(['empty', 'limit', 'time', 'waits']),
  /** When the oldest message that was received entered its queue, or was parked. */
  oldestAt: optionalText(),
  /** Dry runs only. */
  letters: z.exactOptional(z.array(reportedMessage)),
});

const parkedCounts = z.partialRecord(z.enum(parkReasons), count());

/**
 * What an invocation did: the function returns it, and the command line parses it. A new field is added here, and in
 * the code that fills it in.
 */
export const reportSchema = z.object({
  action: z.string(),
  dryRun: z.boolean(),
  queues: z.exactOptional(z.partialRecord(z.enum(queueNames), queueReport)),
  /** unpark: what became of the parked objects; status: how many there are for each reason. */
  parked: z.exactOptional(z.union([queueReport, parkedCounts])),
  durationMs: z.number(),
  /** There may be more: invoke the function again with it. */
  cursor: optionalText(),
});

export type Report = z.infer<typeof reportSchema>;
export type QueueReport = z.infer<typeof queueReport>;
export type MessageFacts = z.infer<typeof messageFacts>;
export type ReportedMessage = z.infer<typeof reportedMessage>;
export type Result = keyof QueueReport['results'];
export type QueueCounts = NonNullable<QueueReport['left']>;
export type StoppedBy = QueueReport['stoppedBy'];
