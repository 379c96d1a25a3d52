import type { AwsProblem } from '../cli/aws.ts';
import type { AlarmState } from '../cli/readings/alarms.ts';
import type { Parked } from '../cli/readings/parked.ts';
import type { QueueDepth } from '../cli/readings/queues.ts';
import type { ApiCallState } from '../functions/salesforce-apicall/circuit-breaker/table.ts';

/**
 * What the console's server answers and its page reads. All paths are below `/api/`, all answers JSON. Every request needs
 * `Authorization: Bearer <token>`; a POST also needs `Content-Type: application/json` and the console's own `Origin`.
 * An answer other than 2xx is a `Problem`. Beside what is described here:
 *
 * - GET `events?minutes=60&text=&state=&cursor=` → `EventList`, at most 100; `events/<id>?minutes=1440` → `EventTrace`
 * - GET `failures?place=&cursor=` → `FailurePage`; `failures/<id>` → `FailureDetail`, with the text: on a click only
 * - POST `failures/redrive | park | unpark | drop` `FailureAction` → `ActionResult`
 * - POST `pause` `PauseAction` → `ActionResult`; `resume` takes {}
 * - POST `mappings/try` `MappingTry` → `MappingTrial`
 */
export interface Problem {
  readonly kind:
    | 'unauthorized'
    | 'forbidden'
    | 'not found'
    | 'invalid'
    | 'read-only'
    | AwsProblem['kind'];
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
}

/** GET `flow`, whose times are ISO 8601 in JSON. */
export interface FlowReading extends ApiCallState {
  readonly queues: readonly QueueDepth[];
  readonly parked: Parked;
  /** The org's daily API calls. */
  readonly apiUsage?: { readonly percent: number; readonly at: string };
  /** Without those that are OK. The local engine has no alarms. */
  readonly alarms: readonly AlarmState[];
  /** Problems of single readings: the rest is still shown. */
  readonly problems: readonly Problem[];
}

/** What is left of a value in JSON. */
type Json<Value> = Value extends Date
  ? string
  : Value extends object
    ? { [Key in keyof Value]: Json<Value[Key]> }
    : Value;

export type Flow = Json<FlowReading>;

/** GET `rates?minutes=60`: counts per minute, oldest first. */
export interface Rates {
  /** Unix time in seconds of the start of each minute. */
  readonly minutes: readonly number[];
  readonly accepted: readonly number[];
  readonly rejected: readonly number[];
  readonly succeeded: readonly number[];
  readonly failed: readonly number[];
  readonly deadLettered: readonly number[];
  readonly costUsd: number;
}

/** GET `payload?store=&key=`, on a click only. */
export interface Payload {
  readonly store: string;
  readonly key: string;
  /** The message or object as it is; cut at 1 MiB. */
  readonly text: string;
  readonly isCut: boolean;
}

/** One of GET `mappings` */
export interface ListedMapping {
  readonly name: string;
  readonly description: string;
  readonly isEnabled: boolean;
  readonly steps: readonly string[];
  /** Names of sample events that it matches: GET `samples/<name>` → `Sample`. */
  readonly samples: readonly string[];
}

/** An event of `events/` or of a mapping's examples, as JSON text, to edit and try. */
export interface Sample {
  readonly name: string;
  readonly text: string;
}

/** What a mapping would do with an event: nothing was called or changed. */
export interface MappingTrial {
  readonly kind: 'no match' | 'ran';
  /** The requests in order, in the words of steps, as YAML. */
  readonly requests: readonly string[];
  /** Finds that a trial answers with nothing. */
  readonly unanswered: readonly string[];
  readonly failure?: string;
}

/** Of GET `connections`: counts are of the last hour. */
export interface Webhook {
  readonly provider: string;
  readonly url: string;
  readonly accepted: number;
  readonly rejected: number;
  /** When the secret was last changed. */
  readonly secretChangedAt?: string;
}

export interface Destination {
  readonly name: string;
  readonly endpoint: string;
  readonly state: string;
  readonly connection: string;
  readonly connectionState: string;
  readonly reason?: string;
}

/** GET `connections` */
export interface Connections {
  readonly webhooks: readonly Webhook[];
  readonly destinations: readonly Destination[];
}
