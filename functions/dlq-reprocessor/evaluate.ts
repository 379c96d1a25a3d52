import pMap from 'p-map';
import type { BatchItemError } from '#common/aws.ts';
import { toError } from '#common/errors.ts';
import { findPolicy } from '#common/failure-policy.ts';
import type { Command } from './command.ts';
import { factsOf } from './dead-letter/facts.ts';
import type {
  DeadLetterMessage,
  Envelope,
  ParkedState,
  UnknownEffect,
} from './dead-letter/message.ts';
import { parseEnvelope, unknown } from './dead-letter/parse.ts';
import { matches } from './filter.ts';
import type { Invocation } from './invocation.ts';
import {
  type Decision,
  decide,
  type PolicyDecision,
  refuseBecause,
  waitForPause,
} from './policy.ts';
import { findRoute, type Route, type RouteFinding } from './redrive/route.ts';
import type { MessageFacts } from './report.ts';

/** The id that a redriven message got in ApiCallQueue, or its event on the bus. */
export interface Sent {
  readonly sentMessageId?: string | undefined;
  readonly sentEventId?: string;
}

/** A message, the decision about it, and the error, if finding its route or carrying out the decision failed. */
export interface Evaluated {
  readonly message: DeadLetterMessage;
  readonly envelope: Envelope;
  readonly facts: MessageFacts;
  readonly decision: Decision;
  /** Present for a redrive. */
  readonly route?: Exclude<Route, { to: 'nowhere' }>;
  /** Present for a parked message whose unknown outcome has to be resolved before its redrive. */
  readonly effect?: UnknownEffect;
  /** Present in a redriven message. */
  readonly sent?: Sent;
  /** The object that a message was stored in: present when it was parked or dropped. */
  readonly storedKey?: string;
  /** Why the decision could not be carried out: the message stays in its source. */
  readonly error?: BatchItemError;
}

/** The part of an invocation that deciding about messages needs. */
export interface Evaluating extends RouteFinding, Pick<Invocation, 'pausedUntil'> {
  readonly command: Command;
}

const skip: Decision = { kind: 'skip', reason: 'skipped', why: 'the command does not apply' };

function byPark(decision: PolicyDecision): Decision {
  if (decision.kind === 'park') return decision;
  return { kind: 'park', reason: 'BY_COMMAND', why: `by command; ${decision.why}` };
}

/** `force` never repeats a change that Salesforce may have made, and never redrives a message of unknown origin. */
function byForce(decision: PolicyDecision): Decision {
  if (decision.kind === 'redrive') return decision;
  if (decision.reason === 'OUTCOME_UNKNOWN') {
    return refuseBecause(
      'Salesforce may have made the change: park it, then unpark it with --applied or --not-applied',
    );
  }
  if (decision.reason === 'UNKNOWN_ENVELOPE') return refuseBecause('its origin is unknown');
  if (decision.reason === 'SUBSCRIBER_FAILURE') return refuseBecause(decision.why);
  return { kind: 'redrive', reason: 'forced', why: `forced; ${decision.why}` };
}

/** Nobody looks for the record in Salesforce after an unknown outcome is dropped, so that needs `force`. */
function byDrop(isUnknown: boolean, { force }: Command, why: string): Decision {
  if (!isUnknown || force) return { kind: 'drop', reason: 'dropped', why };
  return refuseBecause(
    'Salesforce may have made the change: find out, then drop it with --force, or unpark it with --applied or --not-applied',
  );
}

function byCommand(command: Command, decision: PolicyDecision): Decision {
  const { action, force } = command;
  if (action === 'park') return byPark(decision);
  if (action === 'drop')
    return byDrop(decision.reason === 'OUTCOME_UNKNOWN', command, decision.why);
  return force ? byForce(decision) : decision;
}

const effectOf = (envelope: Envelope): UnknownEffect | undefined =>
  envelope.kind === 'request' ? envelope.failure?.effect : undefined;

/** By the park reason, or by the failure class if it is parked for another reason. */
const isOutcomeUnknown = ({ reason }: ParkedState, envelope: Envelope): boolean =>
  reason === 'OUTCOME_UNKNOWN' ||
  (envelope.kind === 'request' &&
    findPolicy(envelope.failure?.class ?? '')?.idempotencyRecord === 'keep');

const FIND_OUT =
  'Salesforce may have made the change: find out, then unpark it with --applied or --not-applied';

const NO_RECORD =
  'its idempotency record is not known: unpark it with --not-applied; or, if the change was made, drop it with --force';

/** Why a parked message can't be redriven with what the operator said about its outcome; `undefined` if it can. */
function objectionToOutcome(
  isUnknown: boolean,
  envelope: Envelope,
  { applied, notApplied }: Command,
): string | undefined {
  const isAnswered = applied || notApplied;
  if (!isUnknown)
    return isAnswered ? '--applied and --not-applied are for unknown outcomes only' : undefined;
  if (!isAnswered) return FIND_OUT;
  return applied && !effectOf(envelope) ? NO_RECORD : undefined;
}

/** Decides whether a parked message may be redriven or dropped. An unknown outcome needs the operator's answer. */
function decideParked(parked: ParkedState, envelope: Envelope, command: Command): Decision {
  const { reason, why } = parked;
  if (reason === undefined) return refuseBecause('the object is not a parked message');
  const isUnknown = isOutcomeUnknown(parked, envelope);
  const because = `parked as ${reason}: ${why}`;
  if (command.action === 'drop') return byDrop(isUnknown, command, because);
  const objection = objectionToOutcome(isUnknown, envelope, command);
  if (objection !== undefined) return refuseBecause(objection);
  return { kind: 'redrive', reason: 'unparked', why: because };
}

/** Reads a message. One that makes this function fail is unknown: it must not stop the others. Never throws. */
function read(message: DeadLetterMessage, redriveBusName: string) {
  try {
    const envelope = parseEnvelope(message, redriveBusName);
    return { envelope, facts: factsOf(envelope) };
  } catch (error) {
    return { envelope: unknown(`it can't be read: ${toError(error).name}`), facts: {} };
  }
}

/** Decides about a message. Makes no call, and decides the same in a dry run. */
function evaluate(message: DeadLetterMessage, { command, config, now }: Evaluating): Evaluated {
  const { envelope, facts } = read(message, config.redriveBusName);
  const { messageId, body, parked, sentAt } = message;
  const byPolicy = decide(envelope, sentAt, now(), config);
  const reason = parked?.reason ?? byPolicy.reason;
  const candidate = { messageId, body, since: parked?.at ?? sentAt, envelope, facts, reason };
  const decision = parked ? decideParked(parked, envelope, command) : byCommand(command, byPolicy);
  // No filter excludes an object in the park bucket that is not a parked message: it has to be reported.
  const isUnreadable = parked !== undefined && parked.reason === undefined;
  const isMatch = isUnreadable || matches(command.filter, candidate, now());
  const effect = parked && isOutcomeUnknown(parked, envelope) ? effectOf(envelope) : undefined;
  return {
    message,
    envelope,
    facts,
    decision: isMatch ? decision : skip,
    ...(effect && { effect }),
  };
}

/** Finds the route of a redrive. A message without one is parked, or stays parked; one to a paused queue waits. Never rejects. */
async function withRoute(evaluated: Evaluated, invocation: Evaluating): Promise<Evaluated> {
  const { decision, message, envelope } = evaluated;
  const errorCode = message.parked?.errorCode;
  if (errorCode !== undefined) return { ...evaluated, error: { errorCode } };
  if (decision.kind !== 'redrive') return evaluated;
  try {
    // An operator has dealt with a parked message, so its redrives are counted from 0.
    const redrives = message.parked ? 0 : envelope.history.redrives + 1;
    const route = await findRoute(message, envelope, redrives, invocation);
    const { now, pausedUntil } = invocation;
    if (route.to === 'queue' && pausedUntil !== undefined)
      return { ...evaluated, decision: waitForPause(pausedUntil, now()) };
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

/** An operator can agree to the redrives of a plan and not to its parkings, or the other way round. */
function onlyAsked(evaluated: Evaluated, { only }: Command): Evaluated {
  const { kind } = evaluated.decision;
  if (only === undefined || kind === only || (kind !== 'redrive' && kind !== 'park'))
    return evaluated;
  const { route: _unused, ...others } = evaluated;
  return { ...others, decision: skip };
}

const CONCURRENCY = 10;

/** A message that can't be evaluated stays in its source, with the error. */
function evaluateOne(message: DeadLetterMessage, invocation: Evaluating): Evaluated {
  try {
    return evaluate(message, invocation);
  } catch (error) {
    const why = "it can't be evaluated";
    const failed = { errorCode: toError(error).name };
    return {
      message,
      envelope: unknown(why),
      facts: {},
      decision: refuseBecause(why),
      error: failed,
    };
  }
}

/** Decides about messages and finds the route of each redrive. Changes nothing. Never rejects. */
export const evaluateAll = (
  messages: readonly DeadLetterMessage[],
  invocation: Evaluating,
): Promise<Evaluated[]> =>
  pMap(
    messages,
    async (message) =>
      onlyAsked(await withRoute(evaluateOne(message, invocation), invocation), invocation.command),
    { concurrency: CONCURRENCY },
  );
