import { findPolicy } from '#common/failure-policy.ts';
import type { Command } from '../command.ts';
import type {
  DeadLetterMessage,
  Envelope,
  ParkedState,
  UnknownEffect,
} from '../dead-letter/message.ts';
import { type Decision, refuseBecause } from '../policy.ts';
import type { MessageFacts } from '../report.ts';

const effectOf = (envelope: Envelope): UnknownEffect | undefined =>
  envelope.kind === 'request' ? envelope.failure?.effect : undefined;

const isOutcomeUnknown = ({ reason }: ParkedState, { failureClass = '' }: MessageFacts): boolean =>
  reason === 'OUTCOME_UNKNOWN' || findPolicy(failureClass)?.idempotencyRecord === 'keep';

const FIND_OUT =
  'Salesforce may have made the change: find out, then unpark it as applied or notApplied';

const NO_RECORD =
  'its idempotency record is not known: make the change by hand, or unpark it as notApplied';

/** Decides whether a parked message may be redriven. An unknown outcome needs the operator's answer. */
export function decideParked(
  parked: ParkedState,
  envelope: Envelope,
  facts: MessageFacts,
  { applied, notApplied }: Command,
): Decision {
  if (parked.reason === undefined) return refuseBecause('the object is not a parked message');
  if (isOutcomeUnknown(parked, facts)) {
    if (!applied && !notApplied) return refuseBecause(FIND_OUT);
    if (applied && !effectOf(envelope)) return refuseBecause(NO_RECORD);
  } else if (applied || notApplied) {
    return refuseBecause('applied and notApplied are for unknown outcomes only');
  }
  return { kind: 'redrive', reason: 'unparked', why: `parked as ${parked.reason}` };
}

/** The effect whose idempotency record has to be resolved before a parked message is redriven, if there is one. */
export const effectToResolve = (
  { parked }: DeadLetterMessage,
  envelope: Envelope,
  facts: MessageFacts,
): UnknownEffect | undefined =>
  parked && isOutcomeUnknown(parked, facts) ? effectOf(envelope) : undefined;
