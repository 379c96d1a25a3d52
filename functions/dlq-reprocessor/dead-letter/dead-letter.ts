import { isJsonObject, type JsonObject, parseJsonObject, sourceJson } from '#common/json.ts';

/** A message attribute that is not a String: a Number, or bytes in base64. */
export interface TypedAttribute {
  readonly dataType: string;
  readonly text?: string;
  readonly base64?: string;
}

export type TypedAttributes = Readonly<Record<string, TypedAttribute>>;

/** A message as it was received from a dead-letter queue or the spill queue. */
export interface DeadLetter {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** The String attributes, unfolded: there may be more than SQS takes. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Those of other types, which nothing of this stack writes and which travel along as they are. */
  readonly typed: TypedAttributes;
  /** When it came into this queue. */
  readonly sentAt: Date;
}

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const dateOf = (value: unknown): Date | undefined => {
  const date = typeof value === 'string' ? new Date(value) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
};

export const countOf = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;

const keepNumber = (_key: string, value: unknown, { source }: { source?: string }): unknown =>
  typeof value === 'number' && source !== undefined ? sourceJson.rawJSON(source) : value;

/** The JSON text of a part of `body`, its numbers as they stand there: parsed ones would lose digits. */
export function textOfPart(body: string, part: (tree: JsonObject) => unknown): string {
  const tree = sourceJson.parse(body, keepNumber);
  return JSON.stringify(part(isJsonObject(tree) ? tree : {}));
}

/** Why apicall gave up on a request, or why the bus did not take an event: the attribute `Failure`. */
export interface Failure {
  readonly class: string;
  readonly errorCode: string;
  /** May quote field values. */
  readonly message: string;
  readonly attempts: number;
  readonly notBefore?: Date;
  /** Of the message that failed first: names its effect where the request does not. */
  readonly messageId?: string;
  /** The once-only record of an effect that may have taken place. */
  readonly effect?: Effect;
}

export interface Effect {
  readonly id: string;
  readonly payloadHash: string;
}

/** What came before, from the attribute `Redrive`: how often it was redriven, and when last. */
export interface History {
  readonly redrives: number;
  readonly lastAt?: Date;
  /** Of the message that failed first. */
  readonly messageId?: string;
}

function effectOf({ effectId, payloadHash }: Record<string, unknown>): Effect | undefined {
  const id = textOf(effectId);
  const hash = textOf(payloadHash);
  return id === undefined || hash === undefined ? undefined : { id, payloadHash: hash };
}

export function failureOf(text: string | undefined): Failure | undefined {
  const fields = parseJsonObject(text ?? '');
  if (fields === undefined) return undefined;
  const notBefore = dateOf(fields['notBefore']);
  const correlation = isJsonObject(fields['correlation']) ? fields['correlation'] : {};
  const messageId = textOf(correlation['messageId']);
  const effect = effectOf(correlation);
  return {
    class: textOf(fields['class']) ?? '',
    errorCode: textOf(fields['errorCode']) ?? '',
    message: textOf(fields['message']) ?? '',
    attempts: countOf(fields['attempts']),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(effect === undefined ? {} : { effect }),
  };
}

export function historyOf(text: string | undefined): History {
  const { count, lastAt, messageId } = parseJsonObject(text ?? '') ?? {};
  const date = dateOf(lastAt);
  const first = textOf(messageId);
  return {
    redrives: countOf(count),
    ...(date === undefined ? {} : { lastAt: date }),
    ...(first === undefined ? {} : { messageId: first }),
  };
}

/** A PutEvents entry as the spill queue keeps it. */
export interface SpilledEntry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  readonly Resources: readonly string[];
  /** ISO 8601. */
  readonly Time: string;
}

/** An event that a rule matched and its target did not take. */
export interface RuleLetter {
  readonly kind: 'rule';
  readonly ruleArn: string;
  readonly targetArn: string;
  readonly errorCode: string;
  readonly errorMessage: string;
  /** Tries after the first. */
  readonly retries: number;
  /** The condition of the retry policy that ended it; absent when EventBridge did not expect another try to help. */
  readonly exhausted: string | undefined;
  /** The JSON text of the event that the rule matched, as it was. */
  readonly event: string;
  readonly content: JsonObject;
  readonly history: History;
}

/** A request that apicall gave up on or ended over. */
export interface RequestLetter {
  readonly kind: 'request';
  /** Absent where the function ended without a word. */
  readonly failure: Failure | undefined;
  /** The JSON text of the request, as it was. */
  readonly body: string;
  /** Absent where the body is no JSON object. */
  readonly content: JsonObject | undefined;
  readonly history: History;
}

/** An entry that the bus did not take. */
export interface EntryLetter {
  readonly kind: 'entry';
  readonly entry: SpilledEntry;
  readonly failure: Failure;
  readonly history: History;
}

interface UnknownLetter {
  readonly kind: 'unknown';
  readonly history: History;
}

/** The forms of dead letters, told apart by what each of them must have, never by the queue they lie in. */
export type Envelope = RuleLetter | RequestLetter | EntryLetter | UnknownLetter;
