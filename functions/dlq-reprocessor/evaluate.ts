import pMap from 'p-map';
import type { BatchItemError } from '#common/aws.ts';
import { toError } from '#common/errors.ts';
import type { Command } from './command.ts';
import type { DeadLetter, Envelope } from './dead-letter/dead-letter.ts';
import { toEnvelope } from './dead-letter/parse.ts';
import { type Facts, factsOf } from './dead-letter/summary.ts';
import { matches } from './filter.ts';
import { type Decision, decide, type Policy } from './policy.ts';
import type { FindRoute, Route } from './redrive/route.ts';

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

/** A judged letter, and the way that it goes. */
export interface Planned extends Judged {
  /** Of a redrive. */
  readonly route?: Exclude<Route, { to: 'nowhere' }>;
  /** The way was not found, or what replaces the letter is not confirmed: it must stay. */
  readonly refusal?: BatchItemError;
}

const CONCURRENCY = 10;

/** Finds the way of each letter that is to be redriven; what has none is parked. Never rejects. */
export function createPlan(findRoute: FindRoute) {
  const plan = async (judged: Judged): Promise<Planned> => {
    const { verdict, letter, envelope } = judged;
    if (verdict.kind !== 'redrive') return judged;
    try {
      const route = await findRoute(letter, envelope, envelope.history.redrives + 1);
      if (route.to !== 'nowhere') return { ...judged, route };
      return { ...judged, verdict: { kind: 'park', reason: route.reason, why: route.why } };
    } catch (error) {
      return { ...judged, refusal: { errorCode: toError(error).name } };
    }
  };
  return (judged: readonly Judged[]): Promise<Planned[]> =>
    pMap(judged, plan, { concurrency: CONCURRENCY });
}

export type Plan = ReturnType<typeof createPlan>;
