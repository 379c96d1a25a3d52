import { PERMANENT_CODE } from '../../local/faults/salesforce-faults.ts';
import { type Route, routes } from '../events/routes.ts';
import type { SentEvent } from '../events/send.ts';
import { timesExecuted } from './executions.ts';
import type { Facts, Parked } from './facts.ts';

/** What became of the events of one route. */
export interface RouteOutcome {
  readonly route: string;
  readonly sent: number;
  readonly accepted: number;
  readonly applied: number;
  /** Parked and not applied, by reason and Salesforce's error code. */
  readonly parked: Readonly<Record<string, number>>;
  /** Answered with an error in the same call, and not applied. */
  readonly rejected: number;
  /** Never accepted, and not applied: their sender still owns them. */
  readonly notAccepted: number;
  /** Applied again by EventBridge's own repeats: it delivers to API destinations at least once. */
  readonly repeated: number;
}

/** What became of the executions of one mapping of several steps. */
export interface ExecutionOutcome {
  readonly mapping: string;
  readonly executions: number;
  /** All steps took effect. */
  readonly complete: number;
  /** Parked before any step took effect. */
  readonly parkedBefore: number;
  /** Parked after some steps took effect; `redrive` or `unpark` goes on there. */
  readonly parkedBetween: number;
  /** By reason and error code. */
  readonly parked: Readonly<Record<string, number>>;
}

/** Events of which a person has to decide what becomes, because they are parked and not applied. */
export interface LeftForPerson {
  readonly why: string;
  readonly events: number;
  /** Of them, creates of objects with an event id field. */
  readonly withEventIdField: number;
  /** By reason and error code. */
  readonly parked: Readonly<Record<string, number>>;
}

/** What became of all events; each list of names has to be empty. */
export interface Reconciliation {
  readonly routes: readonly RouteOutcome[];
  readonly executions: readonly ExecutionOutcome[];
  readonly leftForPerson: readonly LeftForPerson[];
  readonly lost: readonly string[];
  readonly appliedTwice: readonly string[];
  /** Parked for a reason that is not their own: another event, or a fault that passes, has harmed them. */
  readonly unexplained: readonly string[];
  /** Events that can only fail, and are not exactly one parked message of the right reason. */
  readonly misplaced: readonly string[];
  /** Executions whose steps contradict each other: one of them did not use what a step before it gave. */
  readonly contradictory: readonly string[];
}

const LOST_ANSWER = 'the answer to a create was lost, and its object has no event id field';

const REJECTIONS = ['REQUIRED_FIELD_MISSING', 'STRING_TOO_LONG'];

/** A deletion that is delivered twice finds its record deleted. */
const DELETED = ['ENTITY_IS_DELETED', 'NOT_FOUND', 'INVALID_CROSS_REFERENCE_KEY'];

const timesApplied = ({ planned }: SentEvent, facts: Facts): number => {
  const { existing, made, recordIds, records } = facts;
  if (planned.route.execution) return timesExecuted(planned.route, made.get(planned.index));
  if (planned.route.request !== 'delete') return records.get(planned.canary) ?? 0;
  return recordIds.has(existing.get(planned.index) ?? '') ? 0 : 1;
};

const parkedOf = ({ planned }: SentEvent, { parked }: Facts): readonly Parked[] =>
  parked.get(planned.index) ?? [];

/** Neither in Salesforce nor parked. */
const isMissing = (event: SentEvent, facts: Facts): boolean =>
  timesApplied(event, facts) === 0 && parkedOf(event, facts).length === 0;

/** Salesforce may have made it, and only its idempotency record tells repeats apart. */
const isWeakCreate = ({ by, execution, request }: Route): boolean =>
  request === 'create' ||
  request === 'invalid create' ||
  by === 'github' ||
  by === 'twilio' ||
  execution?.mapping === 'return-to-case';

function whyPermanent({ request }: Route, errorCode: string): string | undefined {
  if (request === 'delete' && DELETED.includes(errorCode)) return 'deleted before';
  const isInvalid = request === 'invalid create' && REJECTIONS.includes(errorCode);
  return isInvalid || errorCode === PERMANENT_CODE ? 'Salesforce refuses the record' : undefined;
}

/** Why a message is left for a person; `undefined`: for no reason of its own. */
function whyParked({ planned: { route } }: SentEvent, parked: Parked): string | undefined {
  const { reason, errorCode } = parked;
  if (route.parkedAs?.includes(reason))
    return route.poison ? 'every call with it fails' : 'its receiver is dead';
  if (reason === 'OUTCOME_UNKNOWN' && isWeakCreate(route)) return LOST_ANSWER;
  return reason === 'PERMANENT' ? whyPermanent(route, errorCode) : undefined;
}

/** The first parked message of each event that is not applied. */
const openMessages = (events: readonly SentEvent[], facts: Facts) =>
  events.flatMap((event) => {
    const [first] = timesApplied(event, facts) === 0 ? parkedOf(event, facts) : [];
    return first === undefined ? [] : [{ event, parked: first }];
  });

type OpenMessages = ReturnType<typeof openMessages>;

const countReasons = (open: OpenMessages): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(open, ({ parked }) => `${parked.reason} ${parked.errorCode}`.trim())].map(
      ([reason, of]) => [reason, of.length],
    ),
  );

/** Events that are parked and not applied, by why. */
const leftForPerson = (open: OpenMessages): LeftForPerson[] =>
  [...Map.groupBy(open, ({ event, parked }) => whyParked(event, parked) ?? 'unexplained')].map(
    ([why, of]) => ({
      why,
      events: of.length,
      withEventIdField: of.filter(
        ({ event }) => event.planned.route.request === 'create by event id',
      ).length,
      parked: countReasons(of),
    }),
  );

/** Whether an event that can only fail has not ended as exactly one message, parked for that reason. */
function isMisplaced(event: SentEvent, facts: Facts): boolean {
  const { parkedAs } = event.planned.route;
  if (parkedAs === undefined || event.state !== 'accepted') return false;
  const parked = parkedOf(event, facts);
  const origins = new Set(parked.map(({ origin }) => origin));
  const isOne = origins.size === 1 && parked.every(({ reason }) => parkedAs.includes(reason));
  return !isOne || timesApplied(event, facts) > 0;
}

const isRepeatable = ({ planned }: SentEvent): boolean => planned.route.isRepeatable === true;

function outcomeOf(route: string, events: readonly SentEvent[], facts: Facts): RouteOutcome {
  const count = (holds: (event: SentEvent) => boolean): number => events.filter(holds).length;
  const missing = (state: SentEvent['state']): number =>
    count((event) => event.state === state && isMissing(event, facts));
  return {
    route,
    sent: events.length,
    accepted: count(({ state }) => state === 'accepted'),
    applied: count((event) => timesApplied(event, facts) > 0),
    parked: countReasons(openMessages(events, facts)),
    rejected: missing('rejected'),
    notAccepted: missing('not accepted'),
    repeated: count((event) => isRepeatable(event) && timesApplied(event, facts) > 1),
  };
}

function executionsOf(
  mapping: string,
  events: readonly SentEvent[],
  facts: Facts,
): ExecutionOutcome {
  const open = openMessages(events, facts);
  const before = open.filter(({ event }) => !facts.made.has(event.planned.index));
  return {
    mapping,
    executions: events.length,
    complete: events.filter((event) => timesApplied(event, facts) === 1).length,
    parkedBefore: before.length,
    parkedBetween: open.length - before.length,
    parked: countReasons(open),
  };
}

const mappingOf = ({ planned: { route } }: SentEvent): string => route.execution?.mapping ?? '';

const nameOf = ({ planned: { key, route } }: SentEvent): string => `${route.name}: ${key}`;

/** Compares what was sent and accepted with what Salesforce has and what is parked. */
export function reconcile(sent: readonly SentEvent[], facts: Facts): Reconciliation {
  const byRoute = Map.groupBy(sent, ({ planned }) => planned.route.name);
  const byMapping = [...Map.groupBy(sent, mappingOf)].filter(([mapping]) => mapping !== '');
  const isLost = (event: SentEvent) => event.state === 'accepted' && isMissing(event, facts);
  const isTwice = (event: SentEvent) => !isRepeatable(event) && timesApplied(event, facts) > 1;
  return {
    routes: routes.map(({ name }) => outcomeOf(name, byRoute.get(name) ?? [], facts)),
    executions: byMapping.map(([mapping, events]) => executionsOf(mapping, events, facts)),
    contradictory: sent
      .filter(({ planned }) => facts.made.get(planned.index)?.isContradictory)
      .map(nameOf),
    leftForPerson: leftForPerson(openMessages(sent, facts)),
    misplaced: sent.filter((event) => isMisplaced(event, facts)).map(nameOf),
    lost: sent.filter(isLost).map(nameOf),
    appliedTwice: sent.filter(isTwice).map(nameOf),
    unexplained: sent.flatMap((event) =>
      parkedOf(event, facts)
        .filter((parked) => whyParked(event, parked) === undefined)
        .map(({ reason, errorCode }) => `${nameOf(event)}: ${reason} ${errorCode}`),
    ),
  };
}
