import { extractJson, isJsonObject, type JsonObject, parseJsonObject } from '#common/json.ts';
import { type StringAttributes, stringAttributes } from '#common/message-attributes.ts';
import {
  countOf,
  type DeadLetterMessage,
  dateOf,
  type Envelope,
  isRuleOnBus,
  PUBLISH_FAILED,
  parseFailure,
  parseHistory,
  type RedriveHistory,
  type RequestEnvelope,
  type RuleEnvelope,
  ruleNameOf,
  type SpilledEntry,
  type SubscriberEnvelope,
  textOf,
  type UnknownEnvelope,
} from './message.ts';

/** The name of a rule's redrive rule on the redrive bus. */
export const redriveRuleOf = (ruleName: string): string => `${ruleName}-redrive`;

/** @param why what is wrong with the message, without its content. */
export const unknown = (
  why: string,
  history: RedriveHistory = { redrives: 0 },
): UnknownEnvelope => ({
  kind: 'unknown',
  why,
  history,
});

type Unwrapped = Pick<RuleEnvelope, 'event' | 'content' | 'history' | 'ruleArn'>;

/**
 * Takes an event that failed again after its redrive out of the envelope that `toRedriveRule` puts it in.
 *
 * @param redriveRule the rule on the redrive bus in which it failed.
 * @returns `undefined` if that is not the redrive rule of the rule that the envelope names.
 */
function unwrap(
  { body, sentAt }: DeadLetterMessage,
  redriveRule: string,
  { detail, resources }: JsonObject,
): Unwrapped | undefined {
  if (!isJsonObject(detail) || !isJsonObject(detail['event'])) return undefined;
  const ruleArn = textOf(Array.isArray(resources) ? resources[0] : undefined) ?? '';
  if (ruleNameOf(redriveRule) !== redriveRuleOf(ruleNameOf(ruleArn))) return undefined;
  const { attempt } = detail;
  return {
    event: extractJson(body, (tree) => Object(tree['detail']).event),
    content: detail['event'],
    // Without a valid count, one redrive is assumed: otherwise it could be redriven forever.
    history: { redrives: attempt === 0 ? 0 : Math.max(1, countOf(attempt)), lastAt: sentAt },
    ruleArn,
  };
}

/**
 * An event is in an envelope if the rule in which it failed is on the redrive bus, where only this function publishes.
 * What the event says about itself decides nothing: every event of the main bus could imitate an envelope.
 */
function fromRule(
  message: DeadLetterMessage,
  attributes: StringAttributes,
  event: JsonObject,
  redriveBusName: string,
): Envelope {
  const ruleArn = attributes['RULE_ARN'] ?? '';
  const unwrapped = isRuleOnBus(ruleArn, redriveBusName)
    ? unwrap(message, ruleArn, event)
    : { event: message.body, content: event, history: { redrives: 0 }, ruleArn };
  if (unwrapped === undefined) {
    return unknown(
      'it failed in a rule of the redrive bus that is not the redrive rule of its rule',
    );
  }
  return {
    kind: 'rule',
    targetArn: attributes['TARGET_ARN'] ?? '',
    errorCode: attributes['ERROR_CODE'] ?? '',
    errorMessage: attributes['ERROR_MESSAGE'] ?? '',
    retries: countOf(Number(attributes['RETRY_ATTEMPTS'])),
    exhausted: attributes['EXHAUSTED_RETRY_CONDITION'],
    ...unwrapped,
  };
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

function entryOf(fields: JsonObject): SpilledEntry | undefined {
  const { EventBusName, Source, DetailType, Detail, Resources, Time } = fields;
  const [bus, source, type, detail] = [EventBusName, Source, DetailType, Detail].map(textOf);
  if (!bus || !source || !type || !detail || !isTexts(Resources)) return undefined;
  const time = dateOf(Time)?.toISOString();
  if (time === undefined) return undefined;
  return {
    EventBusName: bus,
    Source: source,
    DetailType: type,
    Detail: detail,
    Resources,
    Time: time,
  };
}

/**
 * Lambda's record of an asynchronous invocation that failed ("Capturing records of Lambda asynchronous invocations").
 * A request without an idempotency key of its own used the invocation's id, so that id is kept as the first message's.
 */
function fromInvocation(body: string, fields: JsonObject): RequestEnvelope | undefined {
  const { requestContext, requestPayload, responsePayload } = fields;
  if (!isJsonObject(requestContext) || !('condition' in requestContext)) return undefined;
  if (!isJsonObject(requestPayload)) return undefined;
  const { errorType, errorMessage } = isJsonObject(responsePayload) ? responsePayload : {};
  const messageId = textOf(requestContext['requestId']);
  const failure = {
    class: '',
    errorCode: textOf(errorType) ?? textOf(requestContext['condition']) ?? '',
    message: textOf(errorMessage) ?? '',
    attempts: countOf(requestContext['approximateInvokeCount']),
  };
  return {
    kind: 'request',
    failure,
    body: extractJson(body, (tree) => tree['requestPayload']),
    content: requestPayload,
    history: { redrives: 0, ...(messageId === undefined ? {} : { messageId }) },
  };
}

/** Whether apicall would accept it: a bare request, a CloudEvent or an event of the bus. */
const isRequest = (fields: JsonObject | undefined): boolean =>
  fields !== undefined &&
  (typeof fields['action'] === 'string' || 'specversion' in fields || 'detail-type' in fields);

/** Classifies a message without `Failure`: Lambda's record, or a request during which apicall crashed or timed out. */
function withoutFailure(
  body: string,
  content: JsonObject | undefined,
  history: RedriveHistory,
): Envelope {
  const invoked = content && fromInvocation(body, content);
  if (invoked) return invoked;
  if (!isRequest(content)) return unknown(NOT_KNOWN, history);
  return { kind: 'request', failure: undefined, body, content, history };
}

/** The record of a subscriber that gave up, if the content is one. */
function subscriberRecord(content: JsonObject | undefined) {
  const { subscriberArn, failedMessages } = content ?? {};
  if (textOf(subscriberArn) === undefined || !Array.isArray(failedMessages)) return undefined;
  const eventIds = failedMessages.flatMap((one) => textOf(Object(one).eventId) ?? []);
  return { ...content, eventIds };
}

/**
 * Most fields of a subscriber's record are message attributes as well, so it is recognized by either: somebody may have moved
 * the message without its attributes. For a message that apicall has dead-lettered (`Failure`), and for a request, both are
 * needed, since its sender controls them one by one.
 */
function fromSubscriber(
  attributes: StringAttributes,
  content: JsonObject | undefined,
): SubscriberEnvelope | undefined {
  const record = subscriberRecord(content);
  const signs = [record !== undefined, attributes['SUBSCRIBER_ARN'] !== undefined];
  const isFailedRequest = attributes['Failure'] !== undefined || isRequest(content);
  if (!(isFailedRequest ? signs.every(Boolean) : signs.some(Boolean))) return undefined;
  const { eventIds = [], ...fields }: JsonObject & { eventIds?: string[] } = record ?? {};
  const read = (field: string, attribute: string): string =>
    textOf(fields[field]) ?? attributes[attribute] ?? '';
  return {
    kind: 'subscriber',
    busArn: read('busArn', 'BUS_ARN'),
    subscriberArn: read('subscriberArn', 'SUBSCRIBER_ARN'),
    targetArn: read('targetArn', 'TARGET_ARN'),
    errorCode: read('errorCode', 'ERROR_CODE'),
    errorMessage: read('errorMessage', 'ERROR_MESSAGE'),
    retries: countOf(fields['retryAttempts'] ?? Number(attributes['RETRY_ATTEMPTS'])),
    eventIds,
    history: { redrives: 0 },
  };
}

const NOT_KNOWN = 'the message has none of the known shapes';

const NOT_READABLE = 'its body is not a JSON object, or is nested deeper than 100 levels';

/**
 * An event that EventBridge could not decrypt: only the AWS Encryption SDK and the key can read its content
 * ("Decrypting EventBridge events in a dead-letter queue"). Its target would mistake it for the event.
 */
const isEncrypted = (fields: JsonObject | undefined): boolean =>
  fields?.['source'] === 'aws.events' && fields['detail-type'] === 'Encrypted Events';

/** Classifies a message that this stack has not written: EventBridge's, Lambda's, or a request that SQS moved. */
function fromOthers(
  message: DeadLetterMessage,
  attributes: StringAttributes,
  redriveBusName: string,
): Envelope {
  const content = parseJsonObject(message.body);
  const history = parseHistory(attributes['Redrive']);
  if (content === undefined) return unknown(NOT_READABLE, history);
  if (isEncrypted(content)) {
    return { ...unknown('EventBridge could not decrypt the event'), isEncrypted: true };
  }
  // A message of EventBridge has no attributes but its own. A sender to ApiCallQueue could write the same.
  const isOfRule = attributes['RULE_ARN'] !== undefined && attributes['Redrive'] === undefined;
  if (isOfRule) return fromRule(message, attributes, content, redriveBusName);
  return withoutFailure(message.body, content, history);
}

/** Classifies a message by its shape, not by its queue: `unknown` if it has none of the known shapes. */
export function parseEnvelope(message: DeadLetterMessage, redriveBusName: string): Envelope {
  const { body } = message;
  const attributes = stringAttributes(message.attributes);
  const content = parseJsonObject(body);
  const subscriber =
    attributes['RULE_ARN'] === undefined ? fromSubscriber(attributes, content) : undefined;
  if (subscriber) return subscriber;
  const failure = parseFailure(attributes['Failure']);
  if (failure === undefined) return fromOthers(message, attributes, redriveBusName);
  const history = parseHistory(attributes['Redrive']);
  // The class must say so: a request that only looks like an entry must not reach the bus with this function's permissions.
  if (failure.class !== PUBLISH_FAILED) {
    return { kind: 'request', failure, body, content, history };
  }
  const entry = content && entryOf(content);
  return entry ? { kind: 'entry', entry, failure, history } : unknown(NOT_KNOWN, history);
}
