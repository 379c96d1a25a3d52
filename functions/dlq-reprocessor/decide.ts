import type { Envelope } from './envelope/envelope.ts';
import type { History } from './envelope/own-attributes.ts';
import type { ParkReason } from './names.ts';
import { permanenceOf } from './permanence.ts';

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
