import type { Command } from '../command.ts';
import type { Planned } from '../drain/plan.ts';
import { refuse, skip, type Verdict } from '../drain/verdict.ts';
import type { Envelope } from '../envelope/envelope.ts';
import { type Facts, factsOf } from '../envelope/facts.ts';
import type { Effect } from '../envelope/own-attributes.ts';
import { toEnvelope } from '../envelope/read.ts';
import { matches } from '../filter/match.ts';
import type { Parked } from '../park/parked.ts';

/** A parked letter, and what is to become of it. */
export interface Unparked extends Planned {
  readonly key: string;
  readonly parkedAt: Date;
  /** What has to be settled before it may go. */
  readonly effect?: Effect;
}

const effectOf = (envelope: Envelope): Effect | undefined =>
  envelope.kind === 'request' ? envelope.failure?.effect : undefined;

const isUnknown = ({ reason }: Parked, { failureClass }: Facts): boolean =>
  reason === 'OUTCOME_UNKNOWN' || failureClass === 'outcome-unknown';

const NOT_SETTLED =
  'Salesforce may have made the change: find out, then unpark it as applied or notApplied';

const NO_RECORD =
  'nothing says which record of the once-only table is its: enter the change as done by hand, or unpark it as notApplied';

/** Whether a letter may go, as far as it says itself. */
function verdictOf(parked: Parked, envelope: Envelope, facts: Facts, command: Command): Verdict {
  const { applied, notApplied } = command;
  if (isUnknown(parked, facts)) {
    if (!applied && !notApplied) return refuse(NOT_SETTLED);
    if (applied && !effectOf(envelope)) return refuse(NO_RECORD);
  } else if (applied || notApplied) {
    return refuse('only an outcome that is not known is applied or notApplied');
  }
  return { kind: 'redrive', reason: 'unparked', why: `parked as ${parked.reason}` };
}

export function judgeParked(key: string, parked: Parked, command: Command, now: Date): Unparked {
  const { letter, parkedAt, reason } = parked;
  const envelope = toEnvelope(letter);
  const facts = factsOf(envelope);
  const { messageId, body } = letter;
  const candidate = { messageId, body, since: parkedAt, envelope, facts, reason };
  const isMeant = matches(command.filter, candidate, now);
  const effect = effectOf(envelope);
  return {
    key,
    parkedAt,
    letter,
    envelope,
    facts,
    verdict: isMeant ? verdictOf(parked, envelope, facts, command) : skip,
    ...(effect === undefined || !isUnknown(parked, facts) ? {} : { effect }),
  };
}
