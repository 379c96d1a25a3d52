import type { Poison } from '../../local/faults/salesforce-faults.ts';
import type { Random } from '../random.ts';

/** How an event enters the stack, and what it becomes in Salesforce. */
export interface Route {
  readonly name: string;
  readonly by:
    | 'github'
    | 'twilio'
    | 'bus'
    | 'http'
    | 'platform event'
    | 'contact'
    | 'receiver'
    | 'mapping';
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
  /** Of a mapping of several steps: its name, and how many records of each object its steps make. */
  readonly execution?: {
    readonly mapping: 'order-to-records' | 'return-to-case' | 'github-bug-to-record';
    readonly makes: Readonly<Record<string, number>>;
  };
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

/** Mappings of three and four steps. Those of one step are for webhooks. */
export const executions: readonly Route[] = [
  {
    name: 'mapping: order → Account, Contact, Order__c, lines',
    by: 'mapping',
    share: 50,
    object: 'Order__c',
    execution: {
      mapping: 'order-to-records',
      makes: { Account: 1, Contact: 1, Order__c: 1, Order_Line__c: 2 },
    },
  },
  {
    name: 'mapping: return → find, Case, Task, update',
    by: 'mapping',
    share: 60,
    object: 'Case',
    execution: { mapping: 'return-to-case', makes: { Case: 1, Task: 1 } },
  },
  {
    name: 'mapping: labelled issue → find, Bug__c, reviews',
    by: 'mapping',
    share: 30,
    object: 'Bug__c',
    execution: { mapping: 'github-bug-to-record', makes: { Bug__c: 1, Review__c: 2 } },
  },
];

export const routes: readonly Route[] = [
  ...executions,
  { name: 'GitHub issue → Case', by: 'github', share: 160, object: 'Case' },
  { name: 'Twilio SMS → Task', by: 'twilio', share: 133, object: 'Task' },
  { name: 'bus: create', by: 'bus', share: 110, request: 'create', object: 'Order__c' },
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
export const objects: readonly string[] = [
  ...new Set(
    routes.flatMap(({ object, execution }) => [object, ...Object.keys(execution?.makes ?? {})]),
  ),
];

export interface PlannedEvent {
  readonly index: number;
  readonly route: Route;
  /** Identifies the event wherever ids may appear: delivery id, idempotency key, CloudEvent id. */
  readonly key: string;
  /** Appears in the content of the event and nowhere else. */
  readonly canary: string;
  /** The number of the event whose order is returned. */
  readonly returns: number;
}

/** What canaries look like, so that each can be found in any text. */
export const CANARY = /canary[0-9a-f]{20}/g;

/** Every canary in a text, once. */
export const canariesIn = (text: string): Set<string> => new Set(text.match(CANARY) ?? []);

const totalOf = (some: readonly Route[]): number => some.reduce((sum, { share }) => sum + share, 0);

function routeAt(some: readonly Route[], value: number): Route {
  let rest = value;
  for (const route of some) {
    rest -= route.share;
    if (rest < 0) return route;
  }
  throw new RangeError(`${value} is beyond the ${totalOf(some)} shares of all routes`);
}

/** Finds the number of the event in a text that contains its key. */
export const keyPattern = (seed: number): RegExp => new RegExp(`soak-${seed}-(\\d+)(?!\\d)`, 'g');

interface Plan {
  readonly seed: number;
  readonly count: number;
  readonly random: Random;
  /** The number of the first event. */
  readonly first?: number;
  /** The routes that are used; by default, all. */
  readonly among?: readonly Route[];
}

const isOrder = ({ execution }: Route): boolean => execution?.mapping === 'order-to-records';

/** Events of each route by its share, and the first ones one of each route. The same seed gives the same events. */
export function planEvents({ seed, count, random, first = 0, among = routes }: Plan) {
  const total = totalOf(among);
  return Array.from({ length: count }, (_, offset): PlannedEvent => {
    const index = first + offset;
    return {
      index,
      route: among[index] ?? routeAt(among, random.below(total, 'route', index)),
      key: `soak-${seed}-${index}`,
      canary: `canary${random.hex('canary', index)}`,
      // Often an order that is still under way, sometimes none, and otherwise one of which there are many returns.
      returns: index % 2 === 0 ? among.findIndex(isOrder) : index - 1,
    };
  });
}
