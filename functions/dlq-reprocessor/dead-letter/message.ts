import type { PutEventsEntry } from '#common/events/event-bus.ts';
import { requestFailureClasses } from '#common/failure-policy.ts';
import { type NotMade, notMadeIn } from '#common/idempotency-record.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '#common/json.ts';
import type { MessageAttributes } from '#common/message-attributes.ts';
import type { ParkReason } from '../park/reasons.ts';

/** The queues that are reprocessed: ApiCallDlq, RuleDlq and SpillQueue. */
export const queueNames = ['apicall', 'rule', 'spill'] as const;
export type QueueName = (typeof queueNames)[number];

/** The class of events that the bus did not accept: they wait in the spill queue. */
export const PUBLISH_FAILED = 'publish-failed';

/** The classes that a `Failure` attribute can name: those of apicall, and `publish-failed`. */
export const failureClasses = [...requestFailureClasses, PUBLISH_FAILED] as const;

/** A message from a dead-letter queue, the spill queue or the park bucket. */
export interface DeadLetterMessage {
  readonly messageId: string;
  /** Identifies it for deletion: SQS's receipt handle, or the key of the parked object. */
  readonly receiptHandle: string;
  readonly body: string;
  /** Unfolded, so there can be more than the ten that SQS allows. Types other than String are passed on unchanged. */
  readonly attributes: MessageAttributes;
  /**
   * SQS's SentTimestamp. It is unchanged in a message that SQS itself moved to its dead-letter queue, and so is the time
   * at which the message expires ("Setting-up dead-letter queue retention in Amazon SQS").
   */
  readonly sentAt: Date;
  /** Present in a message from the park bucket. */
  readonly parked?: ParkedState;
}

export interface ParkedState {
  readonly key: string;
  readonly at: Date;
  /** Absent if the object is not a parked message. */
  readonly reason?: ParkReason;
  /** Why it was parked, without its content. */
  readonly why?: string;
  /** The queue that it was in. */
  readonly queue?: QueueName;
  /** Present in the record of a dropped message. */
  readonly dropped?: {
    readonly at: Date;
    readonly reason: string | undefined;
    /** Who the command said it was for. */
    readonly by: string | undefined;
  };
  /** The name of S3's error if the object could not be read. */
  readonly errorCode?: string;
}

/** The attribute `Failure`, as far as it is read here (all fields: common/message-attributes.ts). */
export interface FailureAttribute {
  readonly class: string;
  readonly errorCode: string;
  /** Can quote field values. */
  readonly message: string;
  readonly attempts: number;
  /** When a class with the policy `after back-off` may be redriven: apicall sets it. */
  readonly notBefore?: Date;
  /** How many requests could share its last API call, if earlier calls failed as a whole. */
  readonly callSize?: number;
  /** Records in progress that stayed although the request was not made. */
  readonly notMade?: NotMade | undefined;
  /** The first message's id: the idempotency key of a request that has none of its own. */
  readonly messageId?: string;
  /** The mapping that failed. */
  readonly mapping?: string | undefined;
  /** The idempotency record of a change that Salesforce may have made. */
  readonly effect?: UnknownEffect;
}

export interface UnknownEffect {
  readonly id: string;
  readonly payloadHash: string;
}

/** The attribute `Redrive`, as far as it is read here (all fields: common/message-attributes.ts). */
export interface RedriveHistory {
  /** Redrives so far: `count` in the attribute, `attempt` on the redrive bus. 0 if apicall only requeued the message. */
  readonly redrives: number;
  readonly lastAt?: Date;
  /** The first message's id, as in `Failure`. */
  readonly messageId?: string;
  /** As in `Failure`. */
  readonly mapping?: string | undefined;
  /** As in `Failure`. */
  readonly notMade?: NotMade | undefined;
}

/** A PutEvents entry as the spill queue stores it. */
export interface SpilledEntry extends Omit<PutEventsEntry, 'Time'> {
  /** ISO 8601. */
  readonly Time: string;
}

/** An event that matched a rule and could not be delivered to its target. */
export interface RuleEnvelope {
  readonly kind: 'rule';
  /** The rule in which it failed; after a redrive, the rule whose redrive rule that was. */
  readonly ruleArn: string;
  readonly targetArn: string;
  readonly errorCode: string;
  readonly errorMessage: string;
  /** Attempts after the first. */
  readonly retries: number;
  /** The exhausted condition of the retry policy; absent if EventBridge did not retry. */
  readonly exhausted: string | undefined;
  /** The JSON text of the event that matched the rule, byte for byte. */
  readonly event: string;
  readonly content: JsonObject;
  readonly history: RedriveHistory;
}

/** A request that apicall gave up on, or during which it crashed or timed out. */
export interface RequestEnvelope {
  readonly kind: 'request';
  /** Absent if the function crashed or timed out. */
  readonly failure: FailureAttribute | undefined;
  /** The JSON text of the request, byte for byte. */
  readonly body: string;
  /** Absent if the body is not a JSON object. */
  readonly content: JsonObject | undefined;
  readonly history: RedriveHistory;
}

/** An entry that the bus did not accept. */
export interface EntryEnvelope {
  readonly kind: 'entry';
  readonly entry: SpilledEntry;
  readonly failure: FailureAttribute;
  readonly history: RedriveHistory;
}

/**
 * The record of events that a subscriber of an EventBridge custom event bus (AWS::EventsV2) could not deliver: their ids, not
 * the events ("Custom event bus retry policy and on-failure destination").
 */
export interface SubscriberEnvelope {
  readonly kind: 'subscriber';
  readonly busArn: string;
  readonly subscriberArn: string;
  readonly targetArn: string;
  readonly errorCode: string;
  readonly errorMessage: string;
  /** Attempts after the first. */
  readonly retries: number;
  /** Empty if the record cannot be read, and its attributes identify it. */
  readonly eventIds: readonly string[];
  readonly history: RedriveHistory;
}

/** A message that none of the others describes: it can be parked, and not redriven. */
export interface UnknownEnvelope {
  readonly kind: 'unknown';
  /** What is wrong with it, without its content. */
  readonly why: string;
  /** Set if EventBridge could not decrypt the event. */
  readonly isEncrypted?: true;
  readonly history: RedriveHistory;
}

/** The content of a message, classified by its shape, not by its queue (parse.ts). */
export type Envelope =
  | RuleEnvelope
  | RequestEnvelope
  | EntryEnvelope
  | SubscriberEnvelope
  | UnknownEnvelope;

/** The rule's name in its ARN; rules of the default bus have no bus segment. */
export const ruleNameOf = (ruleArn: string): string => ruleArn.split('/').at(-1) ?? '';

/** Whether a rule is on a bus, by its ARN `arn:<partition>:events:<region>:<account>:rule/<bus>/<rule>`. */
export const isRuleOnBus = (ruleArn: string, bus: string): boolean =>
  ruleArn.split(':').slice(5).join(':') === `rule/${bus}/${ruleNameOf(ruleArn)}`;

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The years 1970 to 9999: what is computed from such a date is a date too. */
const MAX_TIME = Date.UTC(9999, 11, 31);

/** A date in ISO 8601, or milliseconds since 1970; `undefined` for anything else, and outside the years 1970 to 9999. */
export function dateOf(value: unknown): Date | undefined {
  const date = typeof value === 'string' || typeof value === 'number' ? new Date(value) : undefined;
  const time = date?.getTime() ?? -1;
  return time >= 0 && time <= MAX_TIME ? date : undefined;
}

export const countOf = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;

function parseUnknownEffect({
  effectId,
  payloadHash,
}: Record<string, unknown>): UnknownEffect | undefined {
  const id = textOf(effectId);
  const hash = textOf(payloadHash);
  return id === undefined || hash === undefined ? undefined : { id, payloadHash: hash };
}

/** Parses the attribute `Failure`; `undefined` if it is absent or not a JSON object. */
export function parseFailure(text: string | undefined): FailureAttribute | undefined {
  const fields = parseJsonObject(text ?? '');
  if (fields === undefined) return undefined;
  const notBefore = dateOf(fields['notBefore']);
  const correlation = isJsonObject(fields['correlation']) ? fields['correlation'] : {};
  const messageId = textOf(correlation['messageId']);
  const effect = parseUnknownEffect(correlation);
  const callSize = countOf(fields['callSize']);
  return {
    class: textOf(fields['class']) ?? '',
    errorCode: textOf(fields['errorCode']) ?? '',
    message: textOf(fields['message']) ?? '',
    attempts: countOf(fields['attempts']),
    ...(notBefore && { notBefore }),
    ...(callSize > 0 && { callSize }),
    notMade: notMadeIn(fields['notMade']),
    ...(messageId && { messageId }),
    mapping: textOf(correlation['mapping']),
    ...(effect && { effect }),
  };
}

/** Parses the attribute `Redrive`; no redrives if it is absent or not a JSON object. */
export function parseHistory(text: string | undefined): RedriveHistory {
  const fields = parseJsonObject(text ?? '') ?? {};
  const lastAt = dateOf(fields['lastAt']);
  const messageId = textOf(fields['messageId']);
  return {
    redrives: countOf(fields['count']),
    notMade: notMadeIn(fields['notMade']),
    ...(lastAt && { lastAt }),
    ...(messageId && { messageId }),
    mapping: textOf(fields['mapping']),
  };
}
