import type { EntryLetter, Envelope, RequestLetter, RuleLetter } from './envelope/envelope.ts';
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
  if (failure?.class === 'outcome-unknown') {
    return { reason: 'OUTCOME_UNKNOWN', why: 'Salesforce may have made the change' };
  }
  if (!failure?.class.startsWith('permanent')) return undefined;
  return { reason: 'PERMANENT', why: `${failure.class}: ${failure.errorCode}` };
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
