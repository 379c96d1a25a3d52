import type { Envelope, History } from './envelope.ts';

export const parkReasons = [
  'PERMANENT',
  'OUTCOME_UNKNOWN',
  'TOO_MANY_REDRIVES',
  'RETENTION_ENDS',
  'NO_REDRIVE_RULE',
  'UNKNOWN_ENVELOPE',
] as const;
export type ParkReason = (typeof parkReasons)[number];

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

const park = (reason: ParkReason, why: string): Decision => ({ kind: 'park', reason, why });

function permanence(envelope: Envelope): Decision | undefined {
  if (envelope.kind === 'unknown')
    return park('UNKNOWN_ENVELOPE', 'the message has none of the known shapes');
  if (envelope.kind === 'rule') {
    const isPermanent =
      permanentCodes.has(envelope.errorCode) || permanentStatus.test(envelope.errorMessage);
    // A retry policy that ran out says that EventBridge itself expected another try to help.
    if (!isPermanent || envelope.exhausted !== undefined) return undefined;
    return park('PERMANENT', `EventBridge: ${envelope.errorCode}`);
  }
  if (envelope.kind !== 'request' || envelope.failure === undefined) return undefined;
  const { class: name, errorCode } = envelope.failure;
  if (name === 'outcome-unknown')
    return park('OUTCOME_UNKNOWN', 'Salesforce may have made the change');
  return name.startsWith('permanent') ? park('PERMANENT', `${name}: ${errorCode}`) : undefined;
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
  const until = earliest(envelope, history, policy);
  if (until === undefined || until <= now) return { kind: 'redrive', why: 'another try may help' };
  const endsAt =
    sentAt.getTime() + (policy.retentionSeconds - policy.retentionMarginSeconds) * 1000;
  if (until.getTime() >= endsAt)
    return park('RETENTION_ENDS', 'the queue would drop it before its next try');
  return { kind: 'wait', until, why: 'its next try is not due yet' };
}
