import type { Command } from '../command.ts';
import { type Decision, decide, type Policy } from '../decide.ts';
import type { Envelope } from '../envelope/envelope.ts';
import { type Facts, factsOf } from '../envelope/facts.ts';
import type { DeadLetter } from '../envelope/letter.ts';
import { toEnvelope } from '../envelope/read.ts';
import { matches } from '../filter/match.ts';

/** What a command makes of a letter; `skip` - the filter does not hold, `refuse` - it must not be done. */
export type Verdict =
  | Decision
  | { readonly kind: 'skip' | 'refuse'; readonly reason: string; readonly why: string };

export interface Judged {
  readonly letter: DeadLetter;
  readonly envelope: Envelope;
  readonly facts: Facts;
  readonly verdict: Verdict;
}

/** Not one of those that the command is about. */
export const skip: Verdict = { kind: 'skip', reason: 'skipped', why: 'the filter does not hold' };

/** Parked as the decision would, or because somebody wants it so. */
function toPark(decision: Decision): Verdict {
  if (decision.kind === 'park') return decision;
  return { kind: 'park', reason: 'BY_COMMAND', why: `by command; ${decision.why}` };
}

/** Counted by its words: they say what to do. */
export const refuse = (why: string): Verdict => ({ kind: 'refuse', reason: why, why });

/** What is not known to have had no effect is for a person to find out; what has no shape has no way back. */
function forced(decision: Decision): Verdict {
  if (decision.kind === 'redrive') return decision;
  if (decision.reason === 'OUTCOME_UNKNOWN') {
    return refuse(
      'Salesforce may have made the change: park it, then unpark it as applied or notApplied',
    );
  }
  if (decision.reason === 'UNKNOWN_ENVELOPE') return refuse('nothing says where it came from');
  return { kind: 'redrive', reason: 'forced', why: `forced; ${decision.why}` };
}

function carryOut({ action, force }: Command, decision: Decision): Verdict {
  if (action === 'park') return toPark(decision);
  return force ? forced(decision) : decision;
}

/** What becomes of a letter: pure, the same for dry runs and for real. */
export function judge(letter: DeadLetter, command: Command, policy: Policy, now: Date): Judged {
  const envelope = toEnvelope(letter);
  const facts = factsOf(envelope);
  const decision = decide(envelope, letter.sentAt, now, policy);
  const { messageId, body, sentAt: since } = letter;
  const candidate = { messageId, body, since, envelope, facts, reason: decision.reason };
  const isMeant = matches(command.filter, candidate, now);
  return { letter, envelope, facts, verdict: isMeant ? carryOut(command, decision) : skip };
}
