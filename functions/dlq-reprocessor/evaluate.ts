import pMap from 'p-map';
import type { BatchItemError } from '#common/aws.ts';
import { toError } from '#common/errors.ts';
import type { Command } from './command.ts';
import type { DeadLetterMessage, Envelope, UnknownEffect } from './dead-letter/message.ts';
import { parseEnvelope } from './dead-letter/parse.ts';
import { factsOf } from './dead-letter/summary.ts';
import { matches } from './filter.ts';
import type { Invocation } from './invocation.ts';
import { decideParked, effectToResolve } from './park/unpark.ts';
import { type Decision, decide, type PolicyDecision, refuseBecause } from './policy.ts';
import { findRoute, type Route } from './redrive/route.ts';
import type { MessageFacts } from './report.ts';

/** A message, what is decided about it, and, once it was tried, whether that failed. */
export interface Evaluated {
  readonly message: DeadLetterMessage;
  readonly envelope: Envelope;
  readonly facts: MessageFacts;
  readonly decision: Decision;
  /** Of a redrive. */
  readonly route?: Exclude<Route, { to: 'nowhere' }>;
  /** Of a parked message: the effect whose outcome has to be resolved before its redrive. */
  readonly effect?: UnknownEffect;
  /** Why the decision could not be carried out: the message stays where it is. */
  readonly error?: BatchItemError;
}

const skip: Decision = { kind: 'skip', reason: 'skipped', why: 'the filter does not match' };

function byPark(decision: PolicyDecision): Decision {
  if (decision.kind === 'park') return decision;
  return { kind: 'park', reason: 'BY_COMMAND', why: `by command; ${decision.why}` };
}

/** `force` does not repeat a change that may have been made, nor redrive a message of unknown origin. */
function byForce(decision: PolicyDecision): Decision {
  if (decision.kind === 'redrive') return decision;
  if (decision.reason === 'OUTCOME_UNKNOWN') {
    return refuseBecause(
      'Salesforce may have made the change: park it, then unpark it as applied or notApplied',
    );
  }
  if (decision.reason === 'UNKNOWN_ENVELOPE') return refuseBecause('its origin is unknown');
  return { kind: 'redrive', reason: 'forced', why: `forced; ${decision.why}` };
}

function byCommand({ action, force }: Command, decision: PolicyDecision): Decision {
  if (action === 'park') return byPark(decision);
  return force ? byForce(decision) : decision;
}

/** Decides about a message. Pure: a dry run and a real one decide alike. */
export function evaluate(
  message: DeadLetterMessage,
  { command, config, now }: Pick<Invocation, 'command' | 'config' | 'now'>,
): Evaluated {
  const envelope = parseEnvelope(message);
  const facts = factsOf(envelope);
  const { messageId, body, parked, sentAt } = message;
  const byPolicy = decide(envelope, sentAt, now(), config);
  const reason = parked?.reason ?? byPolicy.reason;
  const candidate = { messageId, body, since: parked?.at ?? sentAt, envelope, facts, reason };
  const decision = parked
    ? decideParked(parked, envelope, facts, command)
    : byCommand(command, byPolicy);
  const isMatch = isUnreadable(message) || matches(command.filter, candidate, now());
  const effect = effectToResolve(message, envelope, facts);
  return {
    message,
    envelope,
    facts,
    decision: isMatch ? decision : skip,
    ...(effect && { effect }),
  };
}

/** A filter cannot exclude an object in the park bucket that is not a parked message. */
const isUnreadable = ({ parked }: DeadLetterMessage): boolean =>
  parked !== undefined && parked.reason === undefined;

/** Finds the route of a redrive; a message without one is parked, or stays parked. Never rejects. */
async function withRoute(evaluated: Evaluated, invocation: Invocation): Promise<Evaluated> {
  const { decision, message, envelope } = evaluated;
  const errorCode = message.parked?.errorCode;
  if (errorCode !== undefined) return { ...evaluated, error: { errorCode } };
  if (decision.kind !== 'redrive') return evaluated;
  try {
    // An operator has looked at a parked message: its redrives are counted from the beginning.
    const count = message.parked ? 0 : envelope.history.redrives + 1;
    const route = await findRoute(message, envelope, count, invocation);
    if (route.to !== 'nowhere') return { ...evaluated, route };
    const { reason, why } = route;
    return {
      ...evaluated,
      decision: message.parked ? refuseBecause(why) : { kind: 'park', reason, why },
    };
  } catch (error) {
    return { ...evaluated, error: { errorCode: toError(error).name } };
  }
}

const CONCURRENCY = 10;

/** Decides about messages and finds the routes of those to be redriven. Never rejects. */
export const evaluateAll = (
  messages: readonly DeadLetterMessage[],
  invocation: Invocation,
): Promise<Evaluated[]> =>
  pMap(messages, (message) => withRoute(evaluate(message, invocation), invocation), {
    concurrency: CONCURRENCY,
  });
