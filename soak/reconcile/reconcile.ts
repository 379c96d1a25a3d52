import { PERMANENT_CODE } from '../../local/faults/salesforce-faults.ts';
import { routes } from '../events/routes.ts';
import type { SentEvent } from '../events/send.ts';
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

/** What became of all events; each list has to be empty. */
export interface Reconciliation {
  readonly routes: readonly RouteOutcome[];
  readonly lost: readonly string[];
  readonly appliedTwice: readonly string[];
  /** Parked for a reason that no fault accounts for. */
  readonly unexplained: readonly string[];
}

const REJECTIONS = ['REQUIRED_FIELD_MISSING', 'STRING_TOO_LONG'];

/** A deletion that is delivered twice finds its record deleted. */
const DELETED = ['ENTITY_IS_DELETED', 'NOT_FOUND', 'INVALID_CROSS_REFERENCE_KEY'];

const timesApplied = ({ planned }: SentEvent, { existing, recordIds, records }: Facts): number => {
  if (planned.route.request !== 'delete') return records.get(planned.canary) ?? 0;
  return recordIds.has(existing.get(planned.index) ?? '') ? 0 : 1;
};

const parkedOf = ({ planned }: SentEvent, { parked }: Facts): readonly Parked[] =>
  parked.get(planned.index) ?? [];

/** Neither in Salesforce nor parked. */
const isMissing = (event: SentEvent, facts: Facts): boolean =>
  timesApplied(event, facts) === 0 && parkedOf(event, facts).length === 0;

/** Whether the faults that are played account for a parked message, given its request. */
function isExplained({ planned: { route } }: SentEvent, { reason, errorCode }: Parked): boolean {
  if (reason === 'TOO_MANY_REDRIVES') return true;
  if (reason === 'OUTCOME_UNKNOWN') {
    const isCreate = route.request === 'create' || route.request === 'invalid create';
    return isCreate || route.by === 'github' || route.by === 'twilio';
  }
  if (reason !== 'PERMANENT') return false;
  if (errorCode === PERMANENT_CODE) return true;
  if (route.request === 'invalid create') return REJECTIONS.includes(errorCode);
  return route.request === 'delete' && DELETED.includes(errorCode);
}

function countParked(events: readonly SentEvent[], facts: Facts): Record<string, number> {
  const open = events.filter((event) => timesApplied(event, facts) === 0);
  const reasons = open.flatMap((event) => {
    const [first] = parkedOf(event, facts);
    return first === undefined ? [] : [`${first.reason} ${first.errorCode}`.trim()];
  });
  return Object.fromEntries(
    [...Map.groupBy(reasons, (reason) => reason)].map(([reason, of]) => [reason, of.length]),
  );
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
    parked: countParked(events, facts),
    rejected: missing('rejected'),
    notAccepted: missing('not accepted'),
    repeated: count((event) => isRepeatable(event) && timesApplied(event, facts) > 1),
  };
}

const nameOf = ({ planned: { key, route } }: SentEvent): string => `${route.name}: ${key}`;

/** Compares what was sent and accepted with what Salesforce has and what is parked. */
export function reconcile(sent: readonly SentEvent[], facts: Facts): Reconciliation {
  const byRoute = Map.groupBy(sent, ({ planned }) => planned.route.name);
  const isLost = (event: SentEvent) => event.state === 'accepted' && isMissing(event, facts);
  const isTwice = (event: SentEvent) => !isRepeatable(event) && timesApplied(event, facts) > 1;
  return {
    routes: routes.map(({ name }) => outcomeOf(name, byRoute.get(name) ?? [], facts)),
    lost: sent.filter(isLost).map(nameOf),
    appliedTwice: sent.filter(isTwice).map(nameOf),
    unexplained: sent.flatMap((event) =>
      parkedOf(event, facts)
        .filter((parked) => !isExplained(event, parked))
        .map(({ reason, errorCode }) => `${nameOf(event)}: ${reason} ${errorCode}`),
    ),
  };
}
