/** The queues of failed messages by their logical ids in template.yaml: never ApiCallQueue, whose messages apicall receives. */
export const queuePlaces = ['ApiCallDlq', 'RuleDlq', 'SpillQueue'] as const;

export type QueuePlace = (typeof queuePlaces)[number];

/** Where failed messages are kept: a queue, or the park bucket. */
export const failurePlaces = [...queuePlaces, 'parked'] as const;

export type FailurePlace = (typeof failurePlaces)[number];

export interface FailedMessage {
  readonly place: FailurePlace;
  /** The id that `npm run dlq` and the actions below take. */
  readonly id: string;
  /** Key of the parked object. */
  readonly key?: string;
  readonly sentAt: string;
  /** What a redrive would do: redrive, wait, park, refuse or skip. */
  readonly decision: string;
  readonly reason: string;
  readonly why: string;
  readonly until?: string;
  readonly redrives: number;
  readonly errorCode?: string;
  readonly failureClass?: string;
  /** The error text of Salesforce, EventBridge or Lambda, of up to 1,000 characters. */
  readonly message?: string;
  readonly object?: string;
  readonly rule?: string;
  readonly mapping?: string;
  readonly detailType?: string;
  readonly source?: string;
  readonly eventId?: string;
}

/** At most 100 messages, without their bodies. */
export interface FailurePage {
  readonly messages: readonly FailedMessage[];
  /** Messages that were read for this page, and how many the place holds, about. */
  readonly read: number;
  readonly total: number;
  /** Messages that wait are hidden, and not on any page. */
  readonly hidden: number;
  readonly byReason: Readonly<Record<string, number>>;
  readonly cursor?: string;
}

/** A message with its text. */
export interface FailureDetail extends FailedMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What to do about it: the class' or park reason's advice. */
  readonly advice: string;
}

export interface FailureAction {
  readonly place: FailurePlace;
  /** At most 100. */
  readonly ids: readonly string[];
  /** Required by drop. */
  readonly reason?: string;
  /** unpark of an unknown outcome only. */
  readonly outcome?: 'applied' | 'notApplied';
  readonly dryRun?: boolean;
}

export interface ActionResult {
  /** Done to messages, by what: redriven, parked, unparked, dropped, waiting, refused, failed, not found. */
  readonly results: Readonly<Record<string, number>>;
  /** One sentence for people. */
  readonly summary: string;
}
