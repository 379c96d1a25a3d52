import { isJsonObject, type JsonObject, parseJsonObject } from '#common/json.ts';
import { type Envelope, type RuleLetter, textOf } from './dead-letter.ts';

/** What a letter is about, for filters and reports. Holds no content but names and ids, `message` apart. */
export interface Facts {
  readonly errorCode?: string;
  readonly failureClass?: string;
  /** Tries before it became a dead letter. */
  readonly attempts?: number;
  /** The Salesforce object and the action of a request. */
  readonly object?: string;
  readonly action?: string;
  readonly rule?: string;
  readonly detailType?: string;
  readonly source?: string;
  readonly eventId?: string;
  /** Salesforce's, EventBridge's or Lambda's own words: they may quote field values. */
  readonly message?: string;
}

/** The rule's name in its ARN; rules of the default bus have no bus segment. */
export const ruleNameOf = (ruleArn: string): string => ruleArn.split('/').at(-1) ?? '';

type Texts = Readonly<Record<string, string | undefined>>;

/** Without what is not there. */
const present = (texts: Texts): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(texts).flatMap(([key, text]) => (text === undefined ? [] : [[key, text]])),
  );

const isRequest = ({ action, resource }: JsonObject): boolean =>
  typeof action === 'string' && typeof resource === 'string';

/** A request, bare or in a CloudEvent, in an event of the bus or in both. */
function requestIn(content: JsonObject): JsonObject {
  if (isRequest(content)) return content;
  const inner = content['detail'] ?? content['data'];
  return isJsonObject(inner) ? requestIn(inner) : {};
}

function asked(content: JsonObject | undefined): Facts {
  if (content === undefined) return {};
  const { action, object } = requestIn(content);
  return present({ object: textOf(object), action: textOf(action)?.toUpperCase() });
}

/** Of an event of the bus or a CloudEvent. */
const eventOf = (content: JsonObject | undefined): Facts =>
  present({
    eventId: textOf(content?.['id']),
    source: textOf(content?.['source']),
    detailType: textOf(content?.['detail-type']) ?? textOf(content?.['type']),
  });

const factsOfRule = ({
  ruleArn,
  errorCode,
  errorMessage,
  retries,
  content,
}: RuleLetter): Facts => ({
  ...asked(content),
  ...eventOf(content),
  ...present({
    rule: textOf(ruleNameOf(ruleArn)),
    errorCode: textOf(errorCode),
    message: textOf(errorMessage),
  }),
  attempts: retries + 1,
});

export function factsOf(envelope: Envelope): Facts {
  if (envelope.kind === 'unknown') return {};
  if (envelope.kind === 'rule') return factsOfRule(envelope);
  const { failure } = envelope;
  const told = {
    ...present({
      errorCode: textOf(failure?.errorCode),
      failureClass: textOf(failure?.class),
      message: textOf(failure?.message),
    }),
    ...(failure && failure.attempts > 0 ? { attempts: failure.attempts } : {}),
  };
  if (envelope.kind === 'request') {
    return { ...asked(envelope.content), ...eventOf(envelope.content), ...told };
  }
  const { Source: source, DetailType: detailType, Detail } = envelope.entry;
  return { ...asked(parseJsonObject(Detail)), source, detailType, ...told };
}
