import { findPolicy } from '#common/failure-policy.ts';
import type {
  EntryEnvelope,
  Envelope,
  RedriveHistory,
  RequestEnvelope,
  RuleEnvelope,
  SubscriberEnvelope,
} from './dead-letter/message.ts';
import type { ParkReason } from './park/reasons.ts';

interface NonRetryable {
  readonly reason: ParkReason;
  readonly why: string;
}

/**
 * EventBridge's codes that are permanent with any error message ("Using dead-letter queues to process undelivered
 * events"). NO_PERMISSIONS, NO_RESOURCE and FAILED_TO_ASSUME_ROLE are not among them: their cause can be fixed.
 */
const permanentCodes = new Set([
  'INVALID_JSON',
  'INVALID_PARAMETER',
  'THIRD_ACCOUNT_HOP_DETECTED',
  'THIRD_REGION_HOP_DETECTED',
]);

/**
 * Statuses of an API destination after which only a different event could succeed. Not 400 and 403: Salesforce returns
 * 400 for locked rows and 403 for exceeded limits ("Status Codes and Error Responses"), EventBridge retries neither,
 * and a dead-letter message does not contain the response body, which would distinguish them.
 */
const permanentStatus = /status code (404|405|410|413|414|415|422)\b/;

const nonRetryableEntryCodes = new Set([
  'InvalidArgument',
  'MalformedDetail',
  'InvalidAccountIdException',
]);

/** Whether PutEvents never accepts an entry that failed with this code (API Reference, "PutEventsResultEntry"). */
export const isNonRetryableEntry = (errorCode: string): boolean =>
  nonRetryableEntryCodes.has(errorCode);

function nonRetryableRule(envelope: RuleEnvelope): NonRetryable | undefined {
  const { errorCode, errorMessage, exhausted } = envelope;
  // EventBridge exhausts a retry policy only on errors that it considers retryable.
  if (exhausted !== undefined) return undefined;
  if (permanentCodes.has(errorCode)) {
    return { reason: 'PERMANENT', why: `EventBridge: ${errorCode}` };
  }
  const [, status] = permanentStatus.exec(errorMessage) ?? [];
  if (status === undefined) return undefined;
  return { reason: 'PERMANENT', why: `the endpoint answered HTTP ${status}` };
}

function requestParkReason({ failure }: RequestEnvelope): NonRetryable | undefined {
  if (failure === undefined) return undefined;
  const redrive = findPolicy(failure.class)?.redrive;
  if (typeof redrive !== 'object') return undefined;
  const { park: reason } = redrive;
  if (reason === 'OUTCOME_UNKNOWN') return { reason, why: 'Salesforce may have made the change' };
  return { reason, why: `${failure.class}: ${failure.errorCode}` };
}

function nonRetryableEntry({ failure: { errorCode } }: EntryEnvelope): NonRetryable | undefined {
  if (!isNonRetryableEntry(errorCode)) return undefined;
  return { reason: 'PERMANENT', why: `the event bus: ${errorCode}` };
}

/** What only a subscriber can do: the record names the events and does not contain them. */
export const redeliverBySubscriber = ({ errorCode, eventIds }: SubscriberEnvelope): string =>
  `subscriber: ${errorCode}, ${eventIds.length} events; deliver them again from their bus with a POINT_IN_TIME subscriber ` +
  'that filters by aws:EventId (docs/custom-event-bus.md)';

function findNonRetryable(envelope: Envelope): NonRetryable | undefined {
  switch (envelope.kind) {
    case 'rule':
      return nonRetryableRule(envelope);
    case 'request':
      return requestParkReason(envelope);
    case 'entry':
      return nonRetryableEntry(envelope);
    case 'subscriber':
      return { reason: 'SUBSCRIBER_FAILURE', why: redeliverBySubscriber(envelope) };
    case 'unknown':
      return { reason: 'UNKNOWN_ENVELOPE', why: envelope.why };
  }
}

/**
 * What to do with a message. `reason`: what reports count it under. To park, it is a park reason, which is also the folder
 * in the park bucket and what `filter.reason` matches; for other kinds, a phrase that is the same for all messages.
 * `why`: about this message, for operators.
 */
export type PolicyDecision =
  | { readonly kind: 'redrive'; readonly reason: string; readonly why: string }
  | { readonly kind: 'wait'; readonly reason: string; readonly why: string; readonly until: Date }
  | { readonly kind: 'park'; readonly reason: ParkReason; readonly why: string };

/** What a command does with a message. `skip`: it does not apply to it; `refuse`: it must not touch it. */
export type Decision =
  | PolicyDecision
  | { readonly kind: 'skip' | 'refuse' | 'drop'; readonly reason: string; readonly why: string };

/** Reports count a refusal by its text, because that is the operator's next step. */
export const refuseBecause = (why: string): Decision => ({ kind: 'refuse', reason: why, why });

/** What a report counts messages under that wait for the end of a pause. */
export const PAUSED = 'apicall is paused';

/** About the interval of the schedule: the pause may end early. */
const PAUSE_WAIT_MS = 240_000;

/**
 * A scheduled run leaves what it would redrive to ApiCallQueue where it is during a pause, so that no redrive is counted for a
 * request that is not made. It is decided again in each run, so it is still parked before its queue's retention ends.
 */
export const waitForPause = (pausedUntil: Date, now: Date): PolicyDecision => ({
  kind: 'wait',
  reason: PAUSED,
  why: `${PAUSED} until ${pausedUntil.toISOString()}`,
  until: new Date(Math.min(pausedUntil.getTime(), now.getTime() + PAUSE_WAIT_MS)),
});

export interface RedrivePolicy {
  readonly maxRedrives: number;
  readonly backoffSeconds: number;
  /** The queues' retention period. */
  readonly retentionSeconds: number;
  /** A message that expires within this time is parked instead of waiting. */
  readonly retentionMarginSeconds: number;
}

/** The longest back-off, about SQS's longest visibility timeout: a message that has to wait longer is hidden again. */
const MAX_BACKOFF_SECONDS = 12 * 3600;

function backoffEnd(
  { redrives, lastAt }: RedriveHistory,
  { backoffSeconds }: RedrivePolicy,
): Date | undefined {
  if (redrives === 0 || lastAt === undefined) return undefined;
  const seconds = Math.min(backoffSeconds * 2 ** (redrives - 1), MAX_BACKOFF_SECONDS);
  return new Date(lastAt.getTime() + seconds * 1000);
}

/**
 * When the next redrive is due: the first at once, each further one after a back-off that doubles, and none before the
 * `notBefore` that apicall sets for classes with the policy `after back-off`.
 */
function dueAt(envelope: Envelope, policy: RedrivePolicy, now: Date): Date {
  const notBefore = envelope.kind === 'request' ? envelope.failure?.notBefore : undefined;
  const dates = [now, notBefore, backoffEnd(envelope.history, policy)];
  return new Date(Math.max(...dates.flatMap((date) => date?.getTime() ?? [])));
}

/** Why another attempt may succeed. Codes only: error messages can quote what was sent. */
function retryReason(envelope: Envelope): string {
  if (envelope.kind === 'rule') {
    const { errorCode, exhausted, retries } = envelope;
    const tried = exhausted === undefined ? '' : ` after ${retries} retries (${exhausted})`;
    return `EventBridge gave up${tried}: ${errorCode}`;
  }
  if (envelope.kind === 'entry') return `the event bus refused it: ${envelope.failure.errorCode}`;
  const failure = envelope.kind === 'request' ? envelope.failure : undefined;
  if (!failure?.class) return 'the function ended before it could say what failed';
  return `${failure.class}: ${failure.errorCode}`;
}

/** Decides whether to redrive a message, hide it until it is due, or park it. Parks it before its queue's retention ends. */
export function decide(
  envelope: Envelope,
  sentAt: Date,
  now: Date,
  policy: RedrivePolicy,
): PolicyDecision {
  const nonRetryable = findNonRetryable(envelope);
  if (nonRetryable) return { kind: 'park', ...nonRetryable };
  const { redrives } = envelope.history;
  if (redrives >= policy.maxRedrives) {
    return { kind: 'park', reason: 'TOO_MANY_REDRIVES', why: `redriven ${redrives} times` };
  }
  const endsAt =
    sentAt.getTime() + (policy.retentionSeconds - policy.retentionMarginSeconds) * 1000;
  const until = dueAt(envelope, policy, now);
  // Also if it is due now: a redrive that keeps failing would let the message expire.
  if (until.getTime() >= endsAt) {
    const why = 'the queue would drop it before its next try';
    return { kind: 'park', reason: 'RETENTION_ENDS', why };
  }
  const why = retryReason(envelope);
  if (until <= now) return { kind: 'redrive', reason: 'another try may help', why };
  return { kind: 'wait', reason: 'its next try is not due yet', why, until };
}
