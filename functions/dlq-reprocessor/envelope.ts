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
}

/** What came before: how often it was redriven, and when last. */
export interface History {
  readonly redrives: number;
  readonly lastAt?: Date;
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
  | { readonly kind: 'entry'; readonly entry: SpilledEntry; readonly history: History }
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

function historyOf(text: string | undefined): History {
  const { count, lastAt } = parse(text ?? '') ?? {};
  const date = dateOf(lastAt);
  const redrives = typeof count === 'number' && Number.isInteger(count) && count > 0 ? count : 0;
  return { redrives, ...(date === undefined ? {} : { lastAt: date }) };
}

function failureOf(text: string | undefined): Failure | undefined {
  const fields = parse(text ?? '');
  if (fields === undefined) return undefined;
  const notBefore = dateOf(fields['notBefore']);
  return {
    class: String(fields['class'] ?? ''),
    errorCode: String(fields['errorCode'] ?? ''),
    ...(notBefore === undefined ? {} : { notBefore }),
  };
}

/** An event that came back from a twin rule is unwrapped: what failed is the event inside, once more. */
function unwrap(
  letter: DeadLetter,
  event: Fields,
): Pick<Envelope & { kind: 'rule' }, 'event' | 'history' | 'ruleArn'> {
  const detail = event['detail'];
  const ruleArn = letter.attributes['RULE_ARN'] ?? '';
  if (event['source'] !== REDRIVE_SOURCE || !isFields(detail)) {
    return { event: letter.body, history: { redrives: 0 }, ruleArn };
  }
  const redrives = typeof detail['attempt'] === 'number' ? detail['attempt'] : 1;
  const resources = Array.isArray(event['resources']) ? event['resources'] : [];
  const origin = typeof resources[0] === 'string' ? resources[0] : ruleArn;
  const inner = JSON.stringify(detail['event']);
  return { event: inner, history: { redrives, lastAt: letter.sentAt }, ruleArn: origin };
}

function fromRule(letter: DeadLetter, event: Fields): Envelope {
  const { attributes } = letter;
  return {
    kind: 'rule',
    targetArn: attributes['TARGET_ARN'] ?? '',
    errorCode: attributes['ERROR_CODE'] ?? '',
    errorMessage: attributes['ERROR_MESSAGE'] ?? '',
    exhausted: attributes['EXHAUSTED_RETRY_CONDITION'],
    ...unwrap(letter, event),
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

export function toEnvelope(letter: DeadLetter): Envelope {
  const { attributes, body } = letter;
  const fields = parse(body);
  const history = historyOf(attributes['Redrive']);
  if (fields && attributes['RULE_ARN'] !== undefined) return fromRule(letter, fields);
  if (fields && isEntry(fields)) return { kind: 'entry', entry: { ...Object(fields) }, history };
  if (fields && isDestinationRecord(fields)) {
    const request = JSON.stringify(fields['requestPayload']);
    return { kind: 'request', failure: undefined, body: request, history };
  }
  const failure = failureOf(attributes['Failure']);
  if (fields || failure) return { kind: 'request', failure, body, history };
  return { kind: 'unknown', history };
}
