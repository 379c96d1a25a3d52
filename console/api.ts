import type { EventSummary, EventTrace, Reading } from '../cli/events/trace.ts';

/**
 * What the console's server answers and its page reads. All paths are below `/api/`, all answers JSON. Every request needs
 * `Authorization: Bearer <token>`; a POST also needs `Content-Type: application/json` and the console's own `Origin`.
 * An answer other than 2xx is a `Problem`.
 */
export interface Problem {
  readonly kind:
    | 'unauthorized'
    | 'forbidden'
    | 'not found'
    | 'invalid'
    | 'read-only'
    | 'no credentials'
    | 'expired credentials'
    | 'access denied'
    | 'unreachable'
    | 'throttled'
    | 'failed';
  readonly message: string;
  /** What to do, often a command. */
  readonly remedy?: string;
}

/** GET `stack` */
export interface StackInfo {
  readonly name: string;
  readonly isLocal: boolean;
  /** Actions are offered. False on AWS without `--steer`. */
  readonly canSteer: boolean;
  readonly account: string;
  readonly region: string;
  readonly status: string;
  /** Of the clone that the console runs from. */
  readonly version: string;
  /** The server's time: ISO 8601, UTC. */
  readonly now: string;
}

export type QueueName = 'ApiCallQueue' | 'ApiCallDlq' | 'RuleDlq' | 'SpillQueue';

export interface QueueDepth {
  readonly name: QueueName;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Seconds; absent when nothing waits, or AWS has no figure yet. */
  readonly oldestAgeSeconds?: number;
}

export interface AlarmState {
  readonly name: string;
  readonly logicalId: string;
  readonly state: 'ALARM' | 'OK' | 'INSUFFICIENT_DATA';
  readonly since?: string;
  readonly description: string;
}

/** GET `flow` */
export interface Flow {
  readonly queues: readonly QueueDepth[];
  readonly parked: {
    readonly count: number;
    readonly isComplete: boolean;
    readonly byReason: Readonly<Record<string, number>>;
  };
  /** The circuit breaker's open scopes; empty when it is closed. */
  readonly breaker: readonly {
    readonly scope: string;
    readonly reason: string;
    readonly openUntil: string;
  }[];
  readonly pause?: { readonly since: string; readonly until: string; readonly reason?: string };
  /** The org's daily API calls. */
  readonly apiUsage?: { readonly percent: number; readonly at: string };
  /** Without those that are OK. The local engine has no alarms. */
  readonly alarms: readonly AlarmState[];
  /** Problems of single readings: the rest is still shown. */
  readonly problems: readonly Problem[];
}

/** GET `rates?minutes=60`: per minute, oldest first. */
export interface Rates {
  /** Unix time in seconds of the start of each minute. */
  readonly minutes: readonly number[];
  /** Counts per minute, each as long as `minutes`. */
  readonly accepted: readonly number[];
  readonly rejected: readonly number[];
  readonly succeeded: readonly number[];
  readonly failed: readonly number[];
  readonly deadLettered: readonly number[];
  readonly costUsd: number;
}

/** GET `events?minutes=60&text=&state=&cursor=`: newest first, at most 100. */
export interface EventPage {
  readonly events: readonly EventSummary[];
  readonly reading: Reading;
  readonly cursor?: string;
}

/** GET `events/<id>?minutes=1440`. 404 says what was read. */
export type EventAnswer = EventTrace;

/** GET `payload?store=&key=`, on a click only. */
export interface Payload {
  readonly store: string;
  readonly key: string;
  /** The message or object as it is; cut at 1 MiB. */
  readonly text: string;
  readonly isCut: boolean;
}

export type FailurePlace = 'ApiCallDlq' | 'RuleDlq' | 'SpillQueue' | 'parked';

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
  readonly object?: string;
  readonly rule?: string;
  readonly detailType?: string;
  readonly source?: string;
  readonly eventId?: string;
}

/** GET `failures?place=&cursor=`: at most 100 messages. Their texts are read by `failures/<id>` only. */
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

/** GET `failures/<id>?place=`: on a click only. */
export interface FailureDetail extends FailedMessage {
  /** The error text of Salesforce, EventBridge or Lambda. */
  readonly message?: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What to do about it: the class' or park reason's advice. */
  readonly advice: string;
}

/** POST `failures/redrive | park | unpark | drop` → `ActionResult` */
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

/** POST `pause` {minutes?, reason?} and `resume` {} → `ActionResult` */
export interface PauseAction {
  readonly minutes?: number;
  readonly reason?: string;
}

/** GET `mappings` */
export interface MappingList {
  readonly mappings: readonly {
    readonly name: string;
    readonly description: string;
    readonly isEnabled: boolean;
    readonly steps: readonly string[];
    /** Names of sample events that it matches, for POST `mappings/try`. */
    readonly samples: readonly string[];
  }[];
}

/** GET `samples/<name>`: an event of `events/` or of a mapping's examples, as JSON text, to edit and try. */
export interface Sample {
  readonly name: string;
  readonly text: string;
}

/** POST `mappings/try`: calls nothing, changes nothing. */
export interface MappingTry {
  readonly name: string;
  /** JSON text of the event. */
  readonly event: string;
}

export interface MappingTrial {
  readonly kind: 'no match' | 'ran';
  /** The requests in order, in the words of steps, as YAML. */
  readonly requests: readonly string[];
  /** Finds that a trial answers with nothing. */
  readonly unanswered: readonly string[];
  readonly failure?: string;
}

/** GET `connections` */
export interface Connections {
  readonly webhooks: readonly {
    readonly provider: string;
    readonly url: string;
    readonly accepted: number;
    readonly rejected: number;
    /** When the secret was last changed. */
    readonly secretChangedAt?: string;
  }[];
  readonly destinations: readonly {
    readonly name: string;
    readonly endpoint: string;
    readonly state: string;
    readonly connection: string;
    readonly connectionState: string;
    readonly reason?: string;
  }[];
}
