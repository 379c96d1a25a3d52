import { DescribeRuleCommand } from '@aws-sdk/client-eventbridge';
import { putEventsLimits, sqsLimits } from '#common/aws.ts';
import { entryBytes, type PutEventsEntry } from '#common/events/event-bus.ts';
import type { NotMade } from '#common/idempotency-record.ts';
import { isJsonObject, type JsonObject, toSqsText } from '#common/json.ts';
import {
  foldAttributes,
  MAX_ATTRIBUTES,
  type MessageAttributes,
  messageAttributesBytes,
  stringAttributes,
  toMessageAttributes,
} from '#common/message-attributes.ts';
import {
  type DeadLetterMessage,
  type EntryEnvelope,
  type Envelope,
  type RedriveHistory,
  type RequestEnvelope,
  type RuleEnvelope,
  ruleNameOf,
} from '../dead-letter/message.ts';
import { redriveRuleOf } from '../dead-letter/parse.ts';
import type { Invocation } from '../invocation.ts';
import type { ParkReason } from '../park/reasons.ts';
import { redeliverBySubscriber } from '../policy.ts';

/** A message to send to ApiCallQueue. */
export interface OutgoingMessage {
  readonly body: string;
  readonly attributes: MessageAttributes;
}

/** The route back to the exact origin of a message, or why there is none. */
export type Route =
  | { readonly to: 'queue'; readonly message: OutgoingMessage }
  | { readonly to: 'bus'; readonly entry: PutEventsEntry }
  | { readonly to: 'nowhere'; readonly reason: ParkReason; readonly why: string };

/** Source and detail type of the events that this function puts on the redrive bus. */
const REDRIVE_SOURCE = 'salesforce-eventbridge.redrive';

const nowhere = (reason: ParkReason, why: string): Route => ({ to: 'nowhere', reason, why });

const tooLarge = nowhere('TOO_LARGE', 'with the count of its redrives it exceeds the AWS limit');

/** A message's size in bytes, as SQS counts it (Developer Guide, "Amazon SQS message metadata"). */
export const messageBytes = ({ body, attributes }: OutgoingMessage): number =>
  Buffer.byteLength(body) + messageAttributesBytes(attributes);

function toBus(entry: PutEventsEntry): Route {
  const { Source: source, DetailType: detailType, Detail: detail, Resources: resources } = entry;
  const bytes = entryBytes({ source, detailType, detail, resources });
  return bytes > putEventsLimits.bytes ? tooLarge : { to: 'bus', entry };
}

/** The part of an invocation that finding a route needs. */
export interface RouteFinding extends Pick<Invocation, 'config' | 'now' | 'redriveRules'> {
  readonly clients: Pick<Invocation['clients'], 'eventBridge'>;
}

/** The history that a redrive writes. */
interface NextHistory extends Required<Omit<RedriveHistory, 'mapping' | 'notMade'>> {
  readonly mapping?: string | undefined;
  readonly notMade?: NotMade | undefined;
  /** A request that had to share a smaller call, or none, starts alone. */
  readonly callSize: number | undefined;
}

/**
 * Keeps the body and the sender's attributes, replaces `Redrive` and removes `Failure`. SQS allows ten attributes: any
 * more are sent inside the JSON of `Redrive` (`foldAttributes`), from which the receiver unfolds them.
 */
function toQueue(
  body: string,
  attributes: MessageAttributes,
  { redrives: count, lastAt, messageId, mapping, callSize, notMade }: NextHistory,
): Route {
  const { Failure: _removed, Redrive: _replaced, ...kept } = attributes;
  const texts = stringAttributes(kept);
  const others = Object.entries(kept).filter(([name]) => !(name in texts));
  const attributesLeft = MAX_ATTRIBUTES - others.length;
  if (attributesLeft === 0) return tooLarge;
  const folded = foldAttributes(
    texts,
    {
      name: 'Redrive',
      value: {
        count,
        lastAt,
        messageId,
        ...(mapping !== undefined && { mapping }),
        ...(callSize !== undefined && { callSize }),
        ...(notMade && { notMade }),
      },
    },
    attributesLeft,
  );
  const message = {
    // Lambda's record of an invocation quotes the request, from which JSON's escapes are gone by now.
    body: toSqsText(body),
    attributes: { ...Object.fromEntries(others), ...toMessageAttributes(folded) },
  };
  return messageBytes(message) > sqsLimits.bytes ? tooLarge : { to: 'queue', message };
}

/** Puts the event into an envelope for the redrive bus, where `<rule>-redrive` unwraps it for the target that failed. */
function toRedriveRule(
  { ruleArn, targetArn, event }: RuleEnvelope,
  redrives: number,
  { config, now }: RouteFinding,
): Route {
  const head = { rule: ruleNameOf(ruleArn), target: targetArn, attempt: redrives };
  // The event's own text is inserted: parsing and serializing it would change its numbers.
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

/** PutEvents succeeds even if no rule matches, so the rule is looked up first. */
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

/** "PutRule", API Reference: there is no rule with another name, and asking for one is an error. */
const RULE_NAME = /^[.\-_A-Za-z0-9]{1,64}$/;

/** Whether a rule has an enabled redrive rule on the redrive bus. A failed look-up is not remembered. */
export function hasRedriveRule(ruleName: string, invocation: RouteFinding): Promise<boolean> {
  const { redriveRules } = invocation;
  const name = redriveRuleOf(ruleName);
  if (!RULE_NAME.test(name)) return Promise.resolve(false);
  const found = redriveRules.get(name) ?? isRuleEnabled(name, invocation);
  redriveRules.set(name, found);
  found.catch(() => redriveRules.delete(name));
  return found;
}

/** The type of a request event, as apicall requires it of a bus event or a CloudEvent. */
const REQUEST_TYPE = 'io.triggermesh.salesforce.apicall';

/** Whether apicall understands an event as it is: as a request on the bus, as a CloudEvent, or as a bare request. */
function isRequestEvent(event: JsonObject): boolean {
  const { action, resource, detail, type, 'detail-type': detailType } = event;
  if ('specversion' in event) return type === REQUEST_TYPE;
  if (detailType === undefined) return typeof action === 'string' && typeof resource === 'string';
  if (isJsonObject(detail) && 'specversion' in detail) return isRequestEvent(detail);
  return detailType === REQUEST_TYPE;
}

/** @returns why the event of a rule without a redrive rule can't be sent to where it failed; `undefined` if it can. */
function objectionToRule(
  { ruleArn, targetArn, content }: RuleEnvelope,
  { apiCallQueueArn, apiCallRuleArns, redriveBusName }: RouteFinding['config'],
): string | undefined {
  const name = ruleNameOf(ruleArn);
  const toDo = `create or enable rule ${redriveRuleOf(name)} on bus ${redriveBusName}, then unpark`;
  if (targetArn !== apiCallQueueArn) return `rule ${name} has no enabled redrive rule: ${toDo}`;
  if (apiCallRuleArns.has(ruleArn) || isRequestEvent(content)) return undefined;
  return `rule ${name} has no enabled redrive rule, and its event is not a request before the rule transforms it: ${toDo}`;
}

async function ruleRoute(
  { messageId }: DeadLetterMessage,
  envelope: RuleEnvelope,
  redrives: number,
  invocation: RouteFinding,
): Promise<Route> {
  const { config, now } = invocation;
  if (await hasRedriveRule(ruleNameOf(envelope.ruleArn), invocation)) {
    return toRedriveRule(envelope, redrives, invocation);
  }
  const objection = objectionToRule(envelope, config);
  if (objection !== undefined) return nowhere('NO_REDRIVE_RULE', objection);
  // The rule sends the event to the queue as it is, so this function can send it. The message's attributes are
  // EventBridge's description of the failure, and not the sender's.
  return toQueue(envelope.event, {}, { redrives, lastAt: now(), messageId, callSize: undefined });
}

function requestRoute(
  message: DeadLetterMessage,
  { history, failure, body }: RequestEnvelope,
  redrives: number,
  { now }: RouteFinding,
): Route {
  const messageId = history.messageId ?? failure?.messageId ?? message.messageId;
  const callSize = failure?.callSize === undefined ? undefined : 1;
  const mapping = failure?.mapping ?? history.mapping;
  const carried = { mapping, callSize, notMade: failure?.notMade ?? history.notMade };
  return toQueue(body, message.attributes, { redrives, lastAt: now(), messageId, ...carried });
}

const entryRoute = ({ entry: { Time, Resources, ...entry } }: EntryEnvelope): Route =>
  toBus({ ...entry, Resources: [...Resources], Time: new Date(Time) });

/**
 * Finds the route back to where a message failed. Rejects with EventBridge's error if a redrive rule cannot be looked up.
 *
 * @param redrives the message's redrives, this one included.
 */
export async function findRoute(
  message: DeadLetterMessage,
  envelope: Envelope,
  redrives: number,
  invocation: RouteFinding,
): Promise<Route> {
  if (envelope.kind === 'rule') return ruleRoute(message, envelope, redrives, invocation);
  if (envelope.kind === 'request') return requestRoute(message, envelope, redrives, invocation);
  if (envelope.kind === 'entry') return entryRoute(envelope);
  if (envelope.kind === 'subscriber')
    return nowhere('SUBSCRIBER_FAILURE', redeliverBySubscriber(envelope));
  return nowhere('UNKNOWN_ENVELOPE', 'its origin is unknown');
}
