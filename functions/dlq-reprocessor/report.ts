import * as z from 'zod/mini';
import { queueNames } from './dead-letter/message.ts';
import { parkReasons } from './park/reasons.ts';

const count = () => z.int().check(z.nonnegative());
const optionalText = () => z.exactOptional(z.string());

/** Messages by result; in a dry run, by the result they would have. `skipped`: the command does not apply to them. */
const results = z.object({
  redriven: count(),
  parked: count(),
  dropped: count(),
  waiting: count(),
  skipped: count(),
  refused: count(),
  failed: count(),
});

/** Describes a message by names and ids, without content except in `message`. */
const messageFacts = z.object({
  errorCode: optionalText(),
  failureClass: optionalText(),
  /** Attempts before it became a dead-letter message. */
  attempts: z.exactOptional(z.number()),
  /** The Salesforce object and the action of a request. */
  object: optionalText(),
  action: optionalText(),
  rule: optionalText(),
  detailType: optionalText(),
  source: optionalText(),
  eventId: optionalText(),
  /** The mapping that failed. */
  mapping: optionalText(),
  /** The error text of Salesforce, EventBridge or Lambda. It can quote field values: only the dry runs of moves contain it. */
  message: optionalText(),
});

/** A message as a dry run reports it. */
const reportedMessage = z.extend(messageFacts, {
  messageId: z.string(),
  sentAt: z.string(),
  kind: z.enum(['rule', 'request', 'entry', 'subscriber', 'unknown', 'parked']),
  decision: z.enum(['redrive', 'wait', 'park', 'drop', 'refuse', 'skip']),
  /** What it is counted under: a park reason, or a phrase for any other decision. */
  reason: z.string(),
  why: z.string(),
  /** When it is due. */
  until: optionalText(),
  redrives: z.number(),
  /** The key of the parked object. */
  key: optionalText(),
});

const queueReport = z.object({
  received: count(),
  results,
  /** Counts by decision or park reason. */
  byReason: z.record(z.string(), count()),
  /** SQS's approximate counts at the end of the invocation; absent for parked objects. */
  left: z.exactOptional(z.object({ visible: count(), hidden: count(), delayed: count() })),
  stoppedBy: z.enum(['empty', 'limit', 'time', 'waits']),
  /** When the oldest received message was sent, or parked. */
  oldestAt: optionalText(),
  /** Dry runs only. */
  letters: z.exactOptional(z.array(reportedMessage)),
});

const parkedCounts = z.partialRecord(z.enum(parkReasons), count());

/**
 * What an invocation did: the function returns it, and the CLI parses it. A new field is added here and in the code that
 * sets it.
 */
export const reportSchema = z.object({
  action: z.string(),
  dryRun: z.boolean(),
  queues: z.exactOptional(z.partialRecord(z.enum(queueNames), queueReport)),
  /** unpark: the report on parked objects; status: their number per reason. */
  parked: z.exactOptional(z.union([queueReport, parkedCounts])),
  durationMs: z.number(),
  /** Present if there can be more messages: invoke the function again with it. */
  cursor: optionalText(),
});

export type Report = z.infer<typeof reportSchema>;
export type QueueReport = z.infer<typeof queueReport>;
export type MessageFacts = z.infer<typeof messageFacts>;
export type ReportedMessage = z.infer<typeof reportedMessage>;
export type Result = keyof QueueReport['results'];
export type QueueCounts = NonNullable<QueueReport['left']>;
export type StoppedBy = QueueReport['stoppedBy'];
