import { DescribeRuleCommand } from '@aws-sdk/client-eventbridge';
import { putEventsLimits, sqsLimits } from '#common/aws.ts';
import { entryBytes, type PutEventsEntry } from '#common/events/event-bus.ts';
import {
  foldAttributes,
  MAX_ATTRIBUTES,
  type MessageAttributes,
  messageAttributesBytes,
  stringAttributes,
  toMessageAttributes,
} from '#common/message-attributes.ts';
import type {
  DeadLetterMessage,
  EntryEnvelope,
  Envelope,
  RequestEnvelope,
  RuleEnvelope,
} from '../dead-letter/message.ts';
import { REDRIVE_SOURCE } from '../dead-letter/parse.ts';
import { ruleNameOf } from '../dead-letter/summary.ts';
import type { Invocation } from '../invocation.ts';
import type { ParkReason } from '../names.ts';

/** A message to be sent to ApiCallQueue. */
export interface OutgoingMessage {
  readonly body: string;
  readonly attributes: MessageAttributes;
}

/** The route back to the exact origin of a message, or why there is none. */
export type Route =
  | { readonly to: 'queue'; readonly message: OutgoingMessage }
  | { readonly to: 'bus'; readonly entry: PutEventsEntry }
  | { readonly to: 'nowhere'; readonly reason: ParkReason; readonly why: string };

const REDRIVE_RULE_SUFFIX = '-redrive';

const nowhere = (reason: ParkReason, why: string): Route => ({ to: 'nowhere', reason, why });

const tooLarge = nowhere('TOO_LARGE', 'with the count of its redrives it exceeds the AWS limit');

/** What a message counts for, with its attributes (Developer Guide, "Amazon SQS message metadata"). */
export const messageBytes = ({ body, attributes }: OutgoingMessage): number =>
  Buffer.byteLength(body) + messageAttributesBytes(attributes);

function toBus(entry: PutEventsEntry): Route {
  const { Source: source, DetailType: detailType, Detail: detail, Resources: resources } = entry;
  const bytes = entryBytes({ source, detailType, detail, resources });
  return bytes > putEventsLimits.bytes ? tooLarge : { to: 'bus', entry };
}

/** What finding a route needs of an invocation. */
interface RouteFinding extends Pick<Invocation, 'config' | 'now' | 'redriveRules'> {
  readonly clients: Pick<Invocation['clients'], 'eventBridge'>;
}

interface RedriveValue {
  readonly count: number;
  readonly lastAt: Date;
  /** The first message's id: the idempotency key of a request that has none of its own. */
  readonly messageId: string;
}

/** The attribute `Redrive` is replaced, and `Failure` removed: this redrive answers it. */
function toQueue(body: string, attributes: MessageAttributes, redrive: RedriveValue): Route {
  const { Failure: _answered, Redrive: _replaced, ...kept } = attributes;
  const texts = stringAttributes(kept);
  const others = Object.entries(kept).filter(([name]) => !(name in texts));
  const room = MAX_ATTRIBUTES - others.length;
  if (room === 0) return tooLarge;
  const folded = foldAttributes(texts, { name: 'Redrive', value: { ...redrive } }, room);
  const message = {
    body,
    attributes: { ...Object.fromEntries(others), ...toMessageAttributes(folded) },
  };
  return messageBytes(message) > sqsLimits.bytes ? tooLarge : { to: 'queue', message };
}

function toRedriveRule(
  { ruleArn, targetArn, event }: RuleEnvelope,
  attempt: number,
  { config, now }: RouteFinding,
): Route {
  const head = { rule: ruleNameOf(ruleArn), target: targetArn, attempt };
  // The event's own text is spliced in: parsing and writing it again would change its numbers.
  const Detail = `${JSON.stringify(head).slice(0, -1)},"event":${event}}`;
  return toBus({
    EventBusName: config.redriveBusName,
    Source: REDRIVE_SOURCE,
    DetailType: REDRIVE_SOURCE,
    Detail,
    Resources: [ruleArn],
    Time: now(),
  });
}

/** PutEvents succeeds even when no rule matches, so EventBridge is asked for the rule first. */
async function isRuleEnabled(Name: string, { clients, config }: RouteFinding): Promise<boolean> {
  const command = new DescribeRuleCommand({ Name, EventBusName: config.redriveBusName });
  try {
    const { State } = await clients.eventBridge.send(command);
    return State === 'ENABLED';
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return false;
    throw error;
  }
}

/** Whether a rule has an enabled redrive rule on the redrive bus. A failed look-up is not remembered. */
export function hasRedriveRule(ruleName: string, invocation: RouteFinding): Promise<boolean> {
  const { redriveRules } = invocation;
  const name = `${ruleName}${REDRIVE_RULE_SUFFIX}`;
  const found = redriveRules.get(name) ?? isRuleEnabled(name, invocation);
  redriveRules.set(name, found);
  found.catch(() => redriveRules.delete(name));
  return found;
}

async function ruleRoute(
  { messageId }: DeadLetterMessage,
  envelope: RuleEnvelope,
  count: number,
  invocation: RouteFinding,
): Promise<Route> {
  const { config, now } = invocation;
  if (await hasRedriveRule(ruleNameOf(envelope.ruleArn), invocation)) {
    return toRedriveRule(envelope, count, invocation);
  }
  if (envelope.targetArn !== config.apiCallQueueArn) {
    return nowhere('NO_REDRIVE_RULE', 'its rule has no enabled redrive rule on the redrive bus');
  }
  // A rule without a transformer sends the event to the queue as it is, so it can be sent from here. The message's
  // attributes are EventBridge's description of the failure.
  return toQueue(envelope.event, {}, { count, lastAt: now(), messageId });
}

function requestRoute(
  message: DeadLetterMessage,
  { history, failure, body }: RequestEnvelope,
  count: number,
  { now }: RouteFinding,
): Route {
  const messageId = history.messageId ?? failure?.messageId ?? message.messageId;
  return toQueue(body, message.attributes, { count, lastAt: now(), messageId });
}

const entryRoute = ({ entry: { Time, Resources, ...entry } }: EntryEnvelope): Route =>
  toBus({ ...entry, Resources: [...Resources], Time: new Date(Time) });

/**
 * Finds the route back to where a message failed. Rejects when EventBridge cannot be asked for a redrive rule.
 *
 * @param count the redrives of the message after this one.
 */
export async function findRoute(
  message: DeadLetterMessage,
  envelope: Envelope,
  count: number,
  invocation: RouteFinding,
): Promise<Route> {
  if (envelope.kind === 'rule') return ruleRoute(message, envelope, count, invocation);
  if (envelope.kind === 'request') return requestRoute(message, envelope, count, invocation);
  if (envelope.kind === 'entry') return entryRoute(envelope);
  return nowhere('UNKNOWN_ENVELOPE', 'its origin is unknown');
}
