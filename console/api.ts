import type { stackInfo } from './server/all-routes.ts';
import type { readConnections } from './server/connections.ts';
import type { readFlow } from './server/flow/flow.ts';
import type { toRates } from './server/flow/tally.ts';
import type { listMappings, runTrial } from './server/mappings.ts';
import type { readPayload } from './server/payload.ts';

/**
 * What the console's server answers and its page reads. All paths are below `/api/`, all answers JSON. Every request needs
 * `Authorization: Bearer <token>`; a POST also needs `Content-Type: application/json` and the console's own `Origin`.
 * An answer other than 2xx is a `Problem`. Beside what is described here:
 *
 * - GET `events?minutes=60&text=&state=&cursor=` → `EventList`, at most 100; `events/<id>?minutes=1440` → `EventTrace`
 * - GET `failures?place=&cursor=` → `FailurePage`; `failures/<id>` → `FailureDetail`, with the text: on a click only
 * - POST `failures/redrive | park | unpark | drop` `FailureAction` → `ActionResult`
 * - POST `pause` `PauseAction` → `ActionResult`; `resume` takes {}
 */

/** What is left of a value in JSON: times are ISO 8601. */
type Json<Value> = Value extends Date
  ? string
  : Value extends object
    ? { readonly [Key in keyof Value]: Json<Value[Key]> }
    : Value;

/** The JSON of what a function of the server returns. */
type AnswerOf<Read extends (...args: never[]) => unknown> = Json<Awaited<ReturnType<Read>>>;

/** GET `stack` */
export type StackInfo = AnswerOf<typeof stackInfo>;
/** GET `flow` */
export type Flow = AnswerOf<typeof readFlow>;
/** GET `rates?minutes=60` */
export type Rates = AnswerOf<typeof toRates>;
/** GET `payload?store=&key=`, on a click only. */
export type Payload = AnswerOf<typeof readPayload>;
/** GET `mappings` */
export type Mappings = AnswerOf<typeof listMappings>;
/** POST `mappings/try` `MappingTry`: nothing was called or changed. */
export type MappingTrial = AnswerOf<typeof runTrial>;
/** GET `connections` */
export type Connections = AnswerOf<typeof readConnections>;
