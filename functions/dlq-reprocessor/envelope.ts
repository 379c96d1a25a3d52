/** A message as it was received from a dead-letter queue or the spill queue. */
export interface DeadLetter {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** String attributes only: nothing of this stack writes others. */
  readonly attributes: Readonly<Record<string, string>>;
  /** When it came into this queue. */
  readonly sentAt: Date;
}

/** Why apicall gave up on a request, or why the bus did not take an event: the attribute `Failure`. */
export interface Failure {
  readonly class: string;
  readonly errorCode: string;
  readonly notBefore?: Date;
  /** Of the message that failed first: names its effect where the request does not. */
  readonly messageId?: string;
}

/** What came before: how often it was redriven, and when last. */
export interface History {
  readonly redrives: number;
  readonly lastAt?: Date;
  /** Of the message that failed first. */
  readonly messageId?: string;
}

/** The forms of dead letters, told apart by what each of them must have, never by the queue they lie in. */
export type Envelope =
  | {
      readonly kind: 'rule';
      readonly ruleArn: string;
      readonly targetArn: string;
      readonly errorCode: string;
      readonly errorMessage: string;
      readonly exhausted: string | undefined;
      /** The JSON text of the event that the rule matched, as it was. */
      readonly event: string;
      readonly history: History;
    }
  | {
      readonly kind: 'request';
      readonly failure: Failure | undefined;
      readonly body: string;
      readonly history: History;
    }
  | {
      readonly kind: 'entry';
      readonly entry: SpilledEntry;
      readonly errorCode: string;
      readonly history: History;
    }
  | { readonly kind: 'unknown'; readonly history: History };

/** A PutEvents entry as the spill queue keeps it. */
export interface SpilledEntry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  readonly Resources: readonly string[];
  readonly Time: string;
}

type Fields = Readonly<Record<string, unknown>>;

export const REDRIVE_SOURCE = 'salesforce-eventbridge.redrive';

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const dateOf = (value: unknown): Date | undefined => {
  const date = typeof value === 'string' ? new Date(value) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
};

const countOf = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;

function historyOf(text: string | undefined): History {
  const { count, lastAt, messageId } = parse(text ?? '') ?? {};
  const date = dateOf(lastAt);
  return {
    redrives: countOf(count),
    ...(date === undefined ? {} : { lastAt: date }),
    ...(typeof messageId === 'string' ? { messageId } : {}),
  };
}

function failureOf(text: string | undefined): Failure | undefined {
  const fields = parse(text ?? '');
  if (fields === undefined) return undefined;
  const notBefore = dateOf(fields['notBefore']);
  const { messageId } = Object(fields['correlation']);
  return {
    class: String(fields['class'] ?? ''),
    errorCode: String(fields['errorCode'] ?? ''),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(typeof messageId === 'string' ? { messageId } : {}),
  };
}

/** "JSON.parse source text access" of ECMAScript, which Node 24 has and TypeScript's library does not describe yet. */
interface SourceJson {
  readonly rawJSON: (source: string) => unknown;
  readonly parse: (
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ) => Fields;
}

const sourceJson: SourceJson = Object(JSON);

const keepNumber = (_key: string, value: unknown, { source }: { source?: string }): unknown =>
  typeof value === 'number' && source !== undefined ? sourceJson.rawJSON(source) : value;

/** The JSON text of a part of `body`, its numbers as they stand there: parsed ones would lose digits. */
function textOf(body: string, part: (tree: Fields) => unknown): string {
  return JSON.stringify(part(sourceJson.parse(body, keepNumber)));
}

type Unwrapped = Pick<Envelope & { kind: 'rule' }, 'event' | 'history' | 'ruleArn'>;

/** An event that came back from a twin is unwrapped: what failed is the event inside, once more. */
function unwrap(letter: DeadLetter, event: Fields): Unwrapped | undefined {
  const detail = event['detail'];
  const ruleArn = letter.attributes['RULE_ARN'] ?? '';
  if (event['source'] !== REDRIVE_SOURCE) {
    return { event: letter.body, history: { redrives: 0 }, ruleArn };
  }
  if (!isFields(detail) || !isFields(detail['event'])) return undefined;
  const resources = Array.isArray(event['resources']) ? event['resources'] : [];
  return {
    event: textOf(letter.body, (tree) => Object(tree['detail']).event),
    history: { redrives: Math.max(1, countOf(detail['attempt'])), lastAt: letter.sentAt },
    ruleArn: typeof resources[0] === 'string' ? resources[0] : ruleArn,
  };
}

function fromRule(letter: DeadLetter, event: Fields): Envelope {
  const { attributes } = letter;
  const unwrapped = unwrap(letter, event);
  if (unwrapped === undefined) return { kind: 'unknown', history: { redrives: 0 } };
  return {
    kind: 'rule',
    targetArn: attributes['TARGET_ARN'] ?? '',
    errorCode: attributes['ERROR_CODE'] ?? '',
    errorMessage: attributes['ERROR_MESSAGE'] ?? '',
    exhausted: attributes['EXHAUSTED_RETRY_CONDITION'],
    ...unwrapped,
  };
}

const isEntry = (fields: Fields): boolean =>
  ['EventBusName', 'Source', 'DetailType', 'Detail', 'Time'].every(
    (key) => typeof fields[key] === 'string',
  ) && Array.isArray(fields['Resources']);

/** Lambda's record of an asynchronous invocation that failed ("Capturing records of Lambda asynchronous invocations"). */
const isDestinationRecord = (fields: Fields): boolean =>
  isFields(fields['requestContext']) &&
  'requestPayload' in fields &&
  'condition' in fields['requestContext'];

/** What apicall takes: a bare request, a CloudEvent or an event of the bus. */
const isRequest = (fields: Fields): boolean =>
  typeof fields['action'] === 'string' || 'specversion' in fields || 'detail-type' in fields;

export function toEnvelope(letter: DeadLetter): Envelope {
  const { attributes, body } = letter;
  const fields = parse(body);
  const history = historyOf(attributes['Redrive']);
  const failure = failureOf(attributes['Failure']);
  if (fields && attributes['RULE_ARN'] !== undefined) return fromRule(letter, fields);
  // Only publish-failed: a request that looks like an entry must not reach the bus with this function's rights.
  if (fields && isEntry(fields) && failure?.class === 'publish-failed') {
    return { kind: 'entry', entry: { ...Object(fields) }, errorCode: failure.errorCode, history };
  }
  if (fields && isDestinationRecord(fields)) {
    const request = textOf(body, (tree) => tree['requestPayload']);
    return { kind: 'request', failure: undefined, body: request, history };
  }
  if (failure || (fields && isRequest(fields))) return { kind: 'request', failure, body, history };
  return { kind: 'unknown', history };
}
