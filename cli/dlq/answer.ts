import * as z from 'zod/mini';
import { OtherVersionError } from './errors.ts';

const count = z.int().check(z.nonnegative());
const counts = z.record(z.string(), count);
const text = z.optional(z.string());

const letter = z.object({
  messageId: z.string(),
  sentAt: z.string(),
  kind: z.enum(['rule', 'request', 'entry', 'unknown', 'parked']),
  decision: z.enum(['redrive', 'wait', 'park', 'refuse', 'skip']),
  reason: z.string(),
  why: z.string(),
  until: text,
  errorCode: text,
  failureClass: text,
  attempts: z.optional(z.number()),
  redrives: z.number(),
  object: text,
  action: text,
  rule: text,
  detailType: text,
  source: text,
  eventId: text,
  key: text,
  message: text,
});

const queueReport = z.object({
  received: count,
  results: z.object({
    redriven: count,
    parked: count,
    waiting: count,
    skipped: count,
    refused: count,
    failed: count,
  }),
  byReason: counts,
  left: z.optional(z.object({ visible: count, hidden: count, delayed: count })),
  stoppedBy: z.string(),
  oldestAt: text,
  letters: z.optional(z.array(letter)),
});

const answer = z.object({
  action: z.string(),
  dryRun: z.boolean(),
  queues: z.optional(z.record(z.string(), queueReport)),
  parked: z.optional(z.union([queueReport, counts])),
  sqsCalls: count,
  durationMs: z.number(),
  cursor: text,
});

export type Letter = z.infer<typeof letter>;
export type QueueReport = z.infer<typeof queueReport>;
export type Answer = z.infer<typeof answer>;

const parseJson = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

/**
 * The function's answer.
 *
 * @throws OtherVersionError when it has another form: the deployed function is older or newer than this command.
 */
export function parseAnswer(json: string): Answer {
  const parsed = answer.safeParse(parseJson(json));
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map(({ path }) => path.join('.') || 'all of it');
  throw new OtherVersionError(places);
}

/** What Lambda answers for a function that threw ("Lambda function errors"). */
export function parseFunctionError(json: string): { type: string; message: string } {
  const { errorType, errorMessage } = Object(parseJson(json));
  return { type: String(errorType ?? 'Error'), message: String(errorMessage ?? 'no reason given') };
}
