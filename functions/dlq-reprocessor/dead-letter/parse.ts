import { isJsonObject, type JsonObject, parseJsonObject } from '#common/json.ts';
import {
  countOf,
  type DeadLetter,
  dateOf,
  type Envelope,
  failureOf,
  type History,
  historyOf,
  type RequestLetter,
  type RuleLetter,
  type SpilledEntry,
  textOf,
  textOfPart,
} from './dead-letter.ts';

export const REDRIVE_SOURCE = 'salesforce-eventbridge.redrive';

const unknown = (history: History): Envelope => ({ kind: 'unknown', history });

type Unwrapped = Pick<RuleLetter, 'event' | 'content' | 'history' | 'ruleArn'>;

/** An event that came back from a twin is unwrapped: what failed is the event inside, once more. */
function unwrap(
  { attributes, body, sentAt }: DeadLetter,
  event: JsonObject,
): Unwrapped | undefined {
  const ruleArn = attributes['RULE_ARN'] ?? '';
  if (event['source'] !== REDRIVE_SOURCE) {
    return { event: body, content: event, history: { redrives: 0 }, ruleArn };
  }
  const detail = event['detail'];
  if (!isJsonObject(detail) || !isJsonObject(detail['event'])) return undefined;
  const [first] = Array.isArray(event['resources']) ? event['resources'] : [];
  const { attempt } = detail;
  return {
    event: textOfPart(body, (tree) => Object(tree['detail']).event),
    content: detail['event'],
    // A count that is not there must not make the redrives endless.
    history: { redrives: attempt === 0 ? 0 : Math.max(1, countOf(attempt)), lastAt: sentAt },
    ruleArn: textOf(first) ?? ruleArn,
  };
}

function fromRule(letter: DeadLetter, event: JsonObject): Envelope {
  const { attributes } = letter;
  const unwrapped = unwrap(letter, event);
  if (unwrapped === undefined) return unknown({ redrives: 0 });
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
 * A request without a key of its own had the id of the invocation as its key: it goes along as the first message's.
 */
function fromInvocation(body: string, fields: JsonObject): RequestLetter | undefined {
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
    body: textOfPart(body, (tree) => tree['requestPayload']),
    content: requestPayload,
    history: { redrives: 0, ...(messageId === undefined ? {} : { messageId }) },
  };
}

/** What apicall takes: a bare request, a CloudEvent or an event of the bus. */
const isRequest = (fields: JsonObject | undefined): boolean =>
  fields !== undefined &&
  (typeof fields['action'] === 'string' || 'specversion' in fields || 'detail-type' in fields);

/** A letter without `Failure`: Lambda's record, or a request whose function ended before it could say why. */
function fromSilence(body: string, content: JsonObject | undefined, history: History): Envelope {
  const invoked = content && fromInvocation(body, content);
  if (invoked) return invoked;
  if (!isRequest(content)) return unknown(history);
  return { kind: 'request', failure: undefined, body, content, history };
}

/**
 * An event that EventBridge could not decrypt: its content is in there, but only the AWS Encryption SDK and the key
 * open it ("Decrypting EventBridge events in a dead-letter queue"). Sent anywhere, it would pass for the event.
 */
const isEncrypted = (fields: JsonObject | undefined): boolean =>
  fields?.['source'] === 'aws.events' && fields['detail-type'] === 'Encrypted Events';

/** What a message is, by its shape; never rejects one. */
export function toEnvelope(letter: DeadLetter): Envelope {
  const { attributes, body } = letter;
  const content = parseJsonObject(body);
  if (isEncrypted(content)) return unknown({ redrives: 0 });
  if (content && attributes['RULE_ARN'] !== undefined) return fromRule(letter, content);
  const history = historyOf(attributes['Redrive']);
  const failure = failureOf(attributes['Failure']);
  if (failure === undefined) return fromSilence(body, content, history);
  // Only publish-failed: a request that looks like an entry must not reach the bus with this function's rights.
  if (failure.class !== 'publish-failed') {
    return { kind: 'request', failure, body, content, history };
  }
  const entry = content && entryOf(content);
  return entry ? { kind: 'entry', entry, failure, history } : unknown(history);
}
