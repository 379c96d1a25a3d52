import type { Envelope, History } from './envelope.ts';
import type { ParkReason } from './names.ts';

/** What to do with a dead letter, and why in words. */
export type Decision =
  | { readonly kind: 'redrive'; readonly why: string }
  | { readonly kind: 'wait'; readonly until: Date; readonly why: string }
  | { readonly kind: 'park'; readonly reason: ParkReason; readonly why: string };

export interface Policy {
  readonly maxRedrives: number;
  readonly backoffSeconds: number;
  /** How long the queues keep a message. */
  readonly retentionSeconds: number;
  /** A dead letter this close to its end is parked rather than waited for. */
  readonly retentionMarginSeconds: number;
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

/** Statuses of an API destination that are the event's own fault: only a changed event could succeed. */
const permanentStatus = /status code (400|404|405|410|413|414|415|422)\b/;

type Of<Kind extends Envelope['kind']> = Extract<Envelope, { kind: Kind }>;

const park = (reason: ParkReason, why: string): Decision => ({ kind: 'park', reason, why });

/** Codes of PutEvents for entries that no bus will ever take (API Reference, "PutEventsResultEntry"). */
const refusedForGood = new Set(['InvalidArgument', 'MalformedDetail', 'InvalidAccountIdException']);

function permanenceOfRule({
  errorCode,
  errorMessage,
  exhausted,
}: Of<'rule'>): Decision | undefined {
  const isPermanent = permanentCodes.has(errorCode) || permanentStatus.test(errorMessage);
  // A retry policy that ran out says that EventBridge itself expected another try to help.
  if (!isPermanent || exhausted !== undefined) return undefined;
  return park('PERMANENT', `EventBridge: ${errorCode}`);
}

function permanenceOfRequest({ failure }: Of<'request'>): Decision | undefined {
  if (failure?.class === 'outcome-unknown') {
    return park('OUTCOME_UNKNOWN', 'Salesforce may have made the change');
  }
  if (!failure?.class.startsWith('permanent')) return undefined;
  return park('PERMANENT', `${failure.class}: ${failure.errorCode}`);
}

/** What no time and no try can help. */
function permanence(envelope: Envelope): Decision | undefined {
  switch (envelope.kind) {
    case 'rule':
      return permanenceOfRule(envelope);
    case 'request':
      return permanenceOfRequest(envelope);
    case 'entry':
      if (!refusedForGood.has(envelope.errorCode)) return undefined;
      return park('PERMANENT', `EventBridge: ${envelope.errorCode}`);
    case 'unknown':
      return park('UNKNOWN_ENVELOPE', 'the message has none of the known shapes');
  }
}

/** When the next redrive may be made: at once the first time, then after a back-off that doubles. */
function earliest(
  envelope: Envelope,
  { redrives, lastAt }: History,
  { backoffSeconds }: Policy,
): Date | undefined {
  const notBefore = envelope.kind === 'request' ? envelope.failure?.notBefore : undefined;
  if (redrives === 0 || lastAt === undefined) return notBefore;
  const backoff = new Date(lastAt.getTime() + backoffSeconds * 1000 * 2 ** (redrives - 1));
  return notBefore !== undefined && notBefore > backoff ? notBefore : backoff;
}

/** Decides for every envelope; a wait always ends, because the retention does. */
export function decide(envelope: Envelope, sentAt: Date, now: Date, policy: Policy): Decision {
  const permanent = permanence(envelope);
  if (permanent) return permanent;
  const { history } = envelope;
  if (history.redrives >= policy.maxRedrives) {
    return park('TOO_MANY_REDRIVES', `redriven ${history.redrives} times`);
  }
  const endsAt =
    sentAt.getTime() + (policy.retentionSeconds - policy.retentionMarginSeconds) * 1000;
  const until = earliest(envelope, history, policy) ?? now;
  // Due or not: what could not be handed over until now may not be before the queue drops it.
  if (Math.max(now.getTime(), until.getTime()) >= endsAt) {
    return park('RETENTION_ENDS', 'the queue would drop it before its next try');
  }
  if (until <= now) return { kind: 'redrive', why: 'another try may help' };
  return { kind: 'wait', until, why: 'its next try is not due yet' };
}
