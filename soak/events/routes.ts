import type { Poison } from '../../local/faults/salesforce-faults.ts';
import type { Random } from '../random.ts';

/** How an event enters the stack, and what it becomes in Salesforce. */
export interface Route {
  readonly name: string;
  readonly by: 'github' | 'twilio' | 'bus' | 'http' | 'platform event' | 'contact' | 'receiver';
  /** Of a thousand events. */
  readonly share: number;
  /** The request to apicall; absent where a rule of the template makes it, or apicall is not involved. */
  readonly request?:
    | 'create'
    | 'create by event id'
    | 'update'
    | 'upsert'
    | 'delete'
    | 'invalid create'
    | 'apex rest';
  /** The Salesforce object that is written, if it is. */
  readonly object: string;
  /** Every call of the event fails, however often it is made. */
  readonly poison?: Poison;
  /** Why each event may be parked in the end; absent: it takes effect. */
  readonly parkedAs?: readonly string[];
  /** EventBridge itself delivers to an API destination, at least once: a repeat is no fault of the stack. */
  readonly isRepeatable?: true;
}

/** The object whose creates are upserts by an event id field. */
export const EVENT_ID_FIELDS = 'Ticket__c:EventId__c';

const poison = (name: Poison, request: NonNullable<Route['request']>, object: string): Route => ({
  name: `bus: ${request}, ${name}`,
  by: 'bus',
  share: 1,
  request,
  object,
  poison: name,
  parkedAs: ['TOO_MANY_REDRIVES'],
});

export const createByEventId: Route = {
  name: 'bus: create with event id field',
  by: 'bus',
  share: 100,
  request: 'create by event id',
  object: 'Ticket__c',
};

export const routes: readonly Route[] = [
  { name: 'GitHub issue → Case', by: 'github', share: 210, object: 'Case' },
  { name: 'Twilio SMS → Task', by: 'twilio', share: 173, object: 'Task' },
  { name: 'bus: create', by: 'bus', share: 160, request: 'create', object: 'Order__c' },
  {
    name: 'bus: create of a platform event',
    by: 'bus',
    share: 30,
    request: 'create',
    object: 'Order__e',
  },
  createByEventId,
  { name: 'bus: update', by: 'bus', share: 80, request: 'update', object: 'Account' },
  { name: 'bus: upsert', by: 'bus', share: 80, request: 'upsert', object: 'Widget__c' },
  { name: 'bus: delete', by: 'bus', share: 40, request: 'delete', object: 'Gadget__c' },
  {
    name: 'bus: create that Salesforce rejects',
    by: 'bus',
    share: 10,
    request: 'invalid create',
    object: 'Contact',
  },
  { name: 'CloudEvent over HTTP', by: 'http', share: 40, request: 'create', object: 'Visit__c' },
  {
    name: 'API destination: platform event',
    by: 'platform event',
    share: 30,
    object: 'Carbon_Estimate__e',
    isRepeatable: true,
  },
  { name: 'API destination: Contact', by: 'contact', share: 30, object: 'Contact' },
  poison('poison-unknown-exception', 'create by event id', 'Ticket__c'),
  poison('poison-reset', 'create by event id', 'Ticket__c'),
  { ...poison('poison-bad-gateway', 'create', 'Order__c'), parkedAs: ['OUTCOME_UNKNOWN'] },
  poison('poison-internal-error', 'upsert', 'Widget__c'),
  poison('poison-refused-rights', 'update', 'Account'),
  poison('poison-session', 'create by event id', 'Ticket__c'),
  poison('poison-apex-rest', 'apex rest', 'Account'),
  {
    name: 'CloudEvents: dead receiver',
    by: 'receiver',
    share: 10,
    object: 'Account',
    // A 404 is final; what never answers is redriven.
    parkedAs: ['PERMANENT', 'TOO_MANY_REDRIVES'],
  },
];

/** Every object that a route writes. */
export const objects: readonly string[] = [...new Set(routes.map(({ object }) => object))];

export interface PlannedEvent {
  readonly index: number;
  readonly route: Route;
  /** Identifies the event wherever ids may appear: delivery id, idempotency key, CloudEvent id. */
  readonly key: string;
  /** Appears in the content of the event and nowhere else. */
  readonly canary: string;
}

/** What canaries look like, so that each can be found in any text. */
export const CANARY = /canary[0-9a-f]{20}/g;

/** Every canary in a text, once. */
export const canariesIn = (text: string): Set<string> => new Set(text.match(CANARY) ?? []);

const TOTAL = routes.reduce((sum, { share }) => sum + share, 0);

function routeAt(value: number): Route {
  let rest = value;
  for (const route of routes) {
    rest -= route.share;
    if (rest < 0) return route;
  }
  throw new RangeError(`${value} is beyond the ${TOTAL} shares of all routes`);
}

/** Finds the number of the event in a text that contains its key. */
export const keyPattern = (seed: number): RegExp => new RegExp(`soak-${seed}-(\\d+)(?!\\d)`, 'g');

/**
 * `count` events from number `first` on, each route by its share, and the first ones one of each route. The same seed gives
 * the same events.
 */
export function planEvents(seed: number, count: number, random: Random, first = 0): PlannedEvent[] {
  return Array.from({ length: count }, (_, offset) => {
    const index = first + offset;
    return {
      index,
      route: routes[index] ?? routeAt(random.below(TOTAL, 'route', index)),
      key: `soak-${seed}-${index}`,
      canary: `canary${random.hex('canary', index)}`,
    };
  });
}
