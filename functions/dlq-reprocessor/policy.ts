import { findPolicy } from '#common/failure-policy.ts';
import type {
  EntryLetter,
  Envelope,
  History,
  RequestLetter,
  RuleLetter,
} from './dead-letter/dead-letter.ts';
import type { ParkReason } from './names.ts';

/** What no time and no try can help. */
export interface Permanence {
  readonly reason: ParkReason;
  readonly why: string;
}

/**
 * EventBridge's codes that another try does not help, whatever the message says ("Using dead-letter queues to
 * process undelivered events"). NO_PERMISSIONS, NO_RESOURCE and FAILED_TO_ASSUME_ROLE may have been mended since.
 */
const permanentCodes = new Set([
  'INVALID_JSON',
  'INVALID_PARAMETER',
  'THIRD_ACCOUNT_HOP_DETECTED',
  'THIRD_REGION_HOP_DETECTED',
]);

/**
 * Statuses of an API destination that are the event's own fault: only a changed event could succeed. Not 400 and 403:
 * Salesforce answers locked rows with 400 and used-up limits with 403 ("Status Codes and Error Responses"), EventBridge
 * tries neither again, and a dead letter does not hold the answer's body, which would tell.
 */
const permanentStatus = /status code (404|405|410|413|414|415|422)\b/;

/** Codes of PutEvents for entries that no bus will ever take (API Reference, "PutEventsResultEntry"). */
const refusedForGood = new Set(['InvalidArgument', 'MalformedDetail', 'InvalidAccountIdException']);

export const isRefusedForGood = (errorCode: string): boolean => refusedForGood.has(errorCode);

function ofRule({ errorCode, errorMessage, exhausted }: RuleLetter): Permanence | undefined {
  // A retry policy that ran out says that EventBridge itself expected another try to help.
  if (exhausted !== undefined) return undefined;
  if (permanentCodes.has(errorCode)) {
    return { reason: 'PERMANENT', why: `EventBridge: ${errorCode}` };
  }
  const [, status] = permanentStatus.exec(errorMessage) ?? [];
  if (status === undefined) return undefined;
  return { reason: 'PERMANENT', why: `the endpoint answered HTTP ${status}` };
}

function ofRequest({ failure }: RequestLetter): Permanence | undefined {
  const redrive = failure && findPolicy(failure.class)?.redrive;
  if (typeof redrive !== 'object') return undefined;
  const { park: reason } = redrive;
  if (reason === 'OUTCOME_UNKNOWN') return { reason, why: 'Salesforce may have made the change' };
  return { reason, why: `${failure?.class}: ${failure?.errorCode}` };
}

function ofEntry({ failure: { errorCode } }: EntryLetter): Permanence | undefined {
  if (!isRefusedForGood(errorCode)) return undefined;
  return { reason: 'PERMANENT', why: `the event bus: ${errorCode}` };
}

export function permanenceOf(envelope: Envelope): Permanence | undefined {
  switch (envelope.kind) {
    case 'rule':
      return ofRule(envelope);
    case 'request':
      return ofRequest(envelope);
    case 'entry':
      return ofEntry(envelope);
    case 'unknown':
      return { reason: 'UNKNOWN_ENVELOPE', why: 'the message has none of the known shapes' };
  }
}

/** What to do with a dead letter: the reason that it is counted under, and why in words. */
export type Decision =
  | { readonly kind: 'redrive'; readonly reason: string; readonly why: string }
  | { readonly kind: 'wait'; readonly reason: string; readonly why: string; readonly until: Date }
  | { readonly kind: 'park'; readonly reason: ParkReason; readonly why: string };

export interface Policy {
  readonly maxRedrives: number;
  readonly backoffSeconds: number;
  /** How long the queues keep a message. */
  readonly retentionSeconds: number;
  /** A dead letter this close to its end is parked rather than waited for. */
  readonly retentionMarginSeconds: number;
}

/** As long as SQS can hide a message at most. */
const MAX_BACKOFF_SECONDS = 12 * 3600;

function backoffEnd({ redrives, lastAt }: History, { backoffSeconds }: Policy): Date | undefined {
  if (redrives === 0 || lastAt === undefined) return undefined;
  const seconds = Math.min(backoffSeconds * 2 ** (redrives - 1), MAX_BACKOFF_SECONDS);
  return new Date(lastAt.getTime() + seconds * 1000);
}

/** When the next redrive may be made: at once the first time, then after a back-off that doubles. */
function earliest(envelope: Envelope, policy: Policy, now: Date): Date {
  const notBefore = envelope.kind === 'request' ? envelope.failure?.notBefore : undefined;
  const dates = [now, notBefore, backoffEnd(envelope.history, policy)];
  return new Date(Math.max(...dates.flatMap((date) => date?.getTime() ?? [])));
}

/** Why another try may help, as far as the letter says. Codes only: messages may quote what was sent. */
function hopeOf(envelope: Envelope): string {
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

/** Decides for every envelope; a wait always ends, because the retention does. */
export function decide(envelope: Envelope, sentAt: Date, now: Date, policy: Policy): Decision {
  const permanent = permanenceOf(envelope);
  if (permanent) return { kind: 'park', ...permanent };
  const { redrives } = envelope.history;
  if (redrives >= policy.maxRedrives) {
    return { kind: 'park', reason: 'TOO_MANY_REDRIVES', why: `redriven ${redrives} times` };
  }
  const endsAt =
    sentAt.getTime() + (policy.retentionSeconds - policy.retentionMarginSeconds) * 1000;
  const until = earliest(envelope, policy, now);
  // Due or not: what could not be handed over until now may not be before the queue drops it.
  if (until.getTime() >= endsAt) {
    const why = 'the queue would drop it before its next try';
    return { kind: 'park', reason: 'RETENTION_ENDS', why };
  }
  const why = hopeOf(envelope);
  if (until <= now) return { kind: 'redrive', reason: 'another try may help', why };
  return { kind: 'wait', reason: 'its next try is not due yet', why, until };
}
