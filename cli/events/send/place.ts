import { isJsonObject, type JsonObject } from '../../../functions/common/json.ts';

export type QueueName = 'ApiCallQueue' | 'ApiCallDlq' | 'RuleDlq' | 'SpillQueue';

/** An event as EventBridge delivers it, or what of it a sender chooses. */
export interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: JsonObject;
  readonly resources: readonly string[];
}

/** The event that a function URL hands to its function, as far as it is sent again. */
export interface UrlEvent {
  /** Names are lower-case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Path and query string. */
  readonly target: string;
  readonly body: string;
}

/** Where the document of a file belongs, judged by its shape. */
export type Place =
  | { readonly kind: 'webhook'; readonly provider: 'GitHub' | 'Twilio'; readonly event: UrlEvent }
  | { readonly kind: 'function'; readonly event: JsonObject }
  | { readonly kind: 'bus'; readonly event: BusEvent }
  | { readonly kind: 'partner bus'; readonly event: BusEvent }
  | {
      readonly kind: 'queue';
      readonly queue: QueueName;
      readonly body: string;
      readonly attributes: Readonly<Record<string, string>>;
      /** A dead-letter message: it can be made up on the local stack only. */
      readonly isFailed: boolean;
    }
  | { readonly kind: 'none'; readonly why: string };

const none = (why: string): Place => ({ kind: 'none', why });

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const texts = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(isJsonObject(value) ? value : {}).map(([name, text]) => [
      name.toLowerCase(),
      textOf(text),
    ]),
  );

function toUrlEvent(document: JsonObject): UrlEvent {
  const query = textOf(document['rawQueryString']);
  const encoding = document['isBase64Encoded'] === true ? 'base64' : 'utf8';
  return {
    headers: texts(document['headers']),
    target: `${textOf(document['rawPath']) || '/'}${query === '' ? '' : `?${query}`}`,
    body: Buffer.from(textOf(document['body']), encoding).toString('utf8'),
  };
}

function placeOfUrlEvent(document: JsonObject): Place {
  const event = toUrlEvent(document);
  if ('x-github-event' in event.headers) return { kind: 'webhook', provider: 'GitHub', event };
  if ('x-twilio-signature' in event.headers) return { kind: 'webhook', provider: 'Twilio', event };
  return { kind: 'function', event: document };
}

/** EventBridge refuses entries with a longer name ("PutEventsRequestEntry"). */
const MAX_DETAIL_TYPE = 128;

/** What PutEvents would refuse about an event, in words; empty if nothing. */
function problemsOf(document: JsonObject): string[] {
  const { source, detail, resources = [] } = document;
  const type = document['detail-type'];
  const isTexts = Array.isArray(resources) && resources.every((one) => typeof one === 'string');
  return [
    ...(textOf(source) === '' ? ['source is missing'] : []),
    ...(textOf(type) === '' ? ['detail-type is missing'] : []),
    ...(textOf(type).length > MAX_DETAIL_TYPE
      ? [`detail-type has more than ${MAX_DETAIL_TYPE} characters`]
      : []),
    ...(isJsonObject(detail) ? [] : ['detail is no JSON object']),
    ...(isTexts ? [] : ['resources is no list of texts']),
  ];
}

/** The event that a document is for the bus; else why it is none. */
export function placeOfEvent(document: JsonObject): Place {
  const problems = problemsOf(document);
  if (problems.length > 0) return none(`it can't be put on a bus: ${problems.join(', ')}`);
  const event: BusEvent = {
    source: textOf(document['source']),
    'detail-type': textOf(document['detail-type']),
    detail: isJsonObject(document['detail']) ? document['detail'] : {},
    resources: Array.isArray(document['resources']) ? document['resources'].map(String) : [],
  };
  if (event.source.startsWith('aws.partner/')) return { kind: 'partner bus', event };
  if (!event.source.startsWith('aws.')) return { kind: 'bus', event };
  return none(
    `its source is ${event.source}, and PutEvents refuses sources that begin with "aws.": only AWS sends them`,
  );
}

const FAILED_RULE = ['RULE_ARN', 'SUBSCRIBER_ARN'];

/** A message as SQS gives it to a receiver. */
function placeOfMessage({ Body, MessageAttributes }: JsonObject): Place {
  const attributes = Object.fromEntries(
    Object.entries(isJsonObject(MessageAttributes) ? MessageAttributes : {}).map(
      ([name, value]) => [name, textOf(Object(value).StringValue)],
    ),
  );
  const body = textOf(Body);
  const isSpilled = /"class":\s*"publish-failed"/.test(attributes['Failure'] ?? '');
  const isRule = FAILED_RULE.some((name) => name in attributes);
  const other = isRule ? 'RuleDlq' : 'ApiCallDlq';
  const queue = isSpilled ? 'SpillQueue' : other;
  return { kind: 'queue', queue, body, attributes, isFailed: true };
}

const isHttp = ({ requestContext }: JsonObject): boolean =>
  isJsonObject(requestContext) && isJsonObject(requestContext['http']);

/**
 * Where a document belongs: an event on the bus, a webhook or HTTP request at its function, a request in ApiCallQueue, a
 * failed message in its dead-letter queue.
 */
export function placeOf(document: unknown): Place {
  if (!isJsonObject(document)) return none('it is no JSON object');
  if (isHttp(document)) return placeOfUrlEvent(document);
  if ('detail-type' in document || 'detail' in document) return placeOfEvent(document);
  if ('Body' in document) return placeOfMessage(document);
  if ('parkedAt' in document)
    return none(
      'it is an object of ParkBucket, which only DlqReprocessorFunction writes: send events/dlq-request.json, then park it with npm run dlq -- park',
    );
  if ('action' in document || 'specversion' in document) {
    const body = JSON.stringify(document);
    return { kind: 'queue', queue: 'ApiCallQueue', body, attributes: {}, isFailed: false };
  }
  return none(
    'it has the shape of none: an event has source, detail-type and detail, a request has action, a CloudEvent has specversion, a message has Body',
  );
}
