/** Where in the stack something happened to an event. */
export type HopKind =
  | 'accepted'
  | 'rejected'
  | 'spilled'
  | 'bus'
  | 'queued'
  | 'mapped'
  | 'called'
  | 'deferred'
  | 'failed'
  | 'replied'
  | 'dead-lettered'
  | 'redriven'
  | 'waiting'
  | 'parked'
  | 'unparked'
  | 'dropped';

/** One thing that happened to an event, as a log line or a store tells it. */
export interface Hop {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly kind: HopKind;
  /** Logical id in template.yaml, such as `GitHubWebhookFunction` or `ApiCallDlq`. */
  readonly where: string;
  /** One sentence without any content of the event. */
  readonly text: string;
  readonly isFailure: boolean;
  /** Names of the documented log fields → their values: ids, class, error code, object, mapping, step, duration. */
  readonly fields: Readonly<Record<string, string | number>>;
}

/**
 * What an event can have come to. What needs a person most comes first; progress is told only while nothing has come of the event.
 * `on the bus`: nothing has been written about it since a bus accepted it.
 */
export const eventStates = [
  'failed',
  'parked',
  'waiting',
  'succeeded',
  'ignored',
  'in progress',
  'on the bus',
] as const;

export type EventState = (typeof eventStates)[number];

/** One event in a list: what the lines that were read tell about it. */
export interface EventSummary {
  /** The most useful id to pass to `show`: that of the event, else of its delivery or message. */
  readonly id: string;
  /** When the first of the lines was written: ISO 8601, UTC. */
  readonly at: string;
  readonly lastAt: string;
  readonly state: EventState;
  readonly provider?: string;
  readonly source?: string;
  readonly detailType?: string;
  readonly delivery?: string;
  readonly mapping?: string;
  readonly object?: string;
  readonly recordId?: string;
  readonly errorCode?: string;
  readonly failureClass?: string;
}

/** What was read to answer, and what that cost. */
export interface Reading {
  readonly lines: number;
  readonly since: string;
  readonly until: string;
  /** False when a bound ended the reading: there can be more. */
  readonly isComplete: boolean;
  /** US dollars, from AWS's price list; 0 for the local stack and for calls that are free of charge. */
  readonly costUsd: number;
}

/** An event's whole way. */
export interface EventTrace {
  readonly id: string;
  /** All ids that the lines tie together: name of the documented log field → values. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  readonly state: EventState;
  readonly hops: readonly Hop[];
  /** Where its message, record or object can be read now. */
  readonly payloads: readonly PayloadPlace[];
  /** Queues and buckets that AWS refused to let the caller search: the event, or its payload, can be there. */
  readonly unread: readonly UnreadStore[];
  readonly reading: Reading;
}

/** A place that still holds a message of the event, or its payload. */
export interface PayloadPlace {
  readonly store: 'ApiCallDlq' | 'RuleDlq' | 'SpillQueue' | 'ParkBucket' | 'PayloadBucket';
  /** Message id, or object key. */
  readonly key: string;
}

/** A store that could not be searched, for want of a permission. */
export interface UnreadStore {
  readonly store: PayloadPlace['store'];
  /** The actions that searching it takes, such as `s3:ListBucket`. */
  readonly permissions: readonly string[];
}
