import { isJsonObject, type JsonObject, parseJsonObject } from '#common/json.ts';
import type { MessageFacts } from '../report.ts';
import {
  type Envelope,
  type RuleEnvelope,
  ruleNameOf,
  type SubscriberEnvelope,
  textOf,
} from './message.ts';

type Texts = Readonly<Record<string, string | undefined>>;

const present = (texts: Texts): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(texts).flatMap(([key, text]) => (text === undefined ? [] : [[key, text]])),
  );

const isRequest = ({ action, resource }: JsonObject): boolean =>
  typeof action === 'string' && typeof resource === 'string';

/** Finds the request: the content itself, or inside a CloudEvent, an event of the bus or both; `{}` if there is none. */
function requestIn(content: JsonObject): JsonObject {
  if (isRequest(content)) return content;
  const inner = content['detail'] ?? content['data'];
  return isJsonObject(inner) ? requestIn(inner) : {};
}

function requestFacts(content: JsonObject | undefined): MessageFacts {
  if (content === undefined) return {};
  const { action, object } = requestIn(content);
  return present({ object: textOf(object), action: textOf(action)?.toUpperCase() });
}

const eventFacts = (content: JsonObject | undefined): MessageFacts =>
  present({
    eventId: textOf(content?.['id']),
    source: textOf(content?.['source']),
    detailType: textOf(content?.['detail-type']) ?? textOf(content?.['type']),
  });

const ruleFacts = ({
  ruleArn,
  errorCode,
  errorMessage,
  retries,
  content,
}: RuleEnvelope): MessageFacts => ({
  ...requestFacts(content),
  ...eventFacts(content),
  ...present({
    rule: textOf(ruleNameOf(ruleArn)),
    errorCode: textOf(errorCode),
    message: textOf(errorMessage),
  }),
  attempts: retries + 1,
});

/** `rule`: the subscriber, which takes a rule's place. `eventId`: only if the record is about one event. */
const subscriberFacts = (envelope: SubscriberEnvelope): MessageFacts => ({
  ...present({
    rule: textOf(envelope.subscriberArn.split('/')[1]),
    errorCode: textOf(envelope.errorCode),
    message: textOf(envelope.errorMessage),
    eventId: envelope.eventIds.length === 1 ? envelope.eventIds[0] : undefined,
  }),
  attempts: envelope.retries + 1,
});

/** Describes a message by names and ids, for filters, logs and reports. No decision depends on it. */
export function factsOf(envelope: Envelope): MessageFacts {
  if (envelope.kind === 'unknown') return {};
  if (envelope.kind === 'rule') return ruleFacts(envelope);
  if (envelope.kind === 'subscriber') return subscriberFacts(envelope);
  const { failure, history } = envelope;
  const failureFacts = {
    ...present({
      mapping: failure?.mapping ?? history.mapping,
      errorCode: textOf(failure?.errorCode),
      failureClass: textOf(failure?.class),
      message: textOf(failure?.message),
    }),
    ...(failure && failure.attempts > 0 ? { attempts: failure.attempts } : {}),
  };
  if (envelope.kind === 'request') {
    return { ...requestFacts(envelope.content), ...eventFacts(envelope.content), ...failureFacts };
  }
  const { Source: source, DetailType: detailType, Detail } = envelope.entry;
  return { ...requestFacts(parseJsonObject(Detail)), source, detailType, ...failureFacts };
}
