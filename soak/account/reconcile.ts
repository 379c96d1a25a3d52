import { PERMANENT_CODE } from '../../local/chaos/apicall-faults.ts';
import type { Sent } from '../events/send.ts';
import { ways } from '../events/ways.ts';
import type { Contents } from './contents.ts';
import type { Kept } from './kept.ts';

/** What became of the events of one way in. */
export interface Row {
  readonly way: string;
  readonly sent: number;
  readonly accepted: number;
  readonly applied: number;
  /** Parked, by reason and Salesforce's code. */
  readonly parked: Readonly<Record<string, number>>;
  /** Answered with an error in the same call: their sender knows. */
  readonly told: number;
  /** Never accepted: their sender still owns them. */
  readonly refused: number;
  /** Delivered again by EventBridge itself, which delivers to API destinations at least once. */
  readonly repeated: number;
}

export interface Account {
  readonly rows: readonly Row[];
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  /** Parked for a reason that no fault accounts for. */
  readonly odd: readonly string[];
}

interface Facts {
  readonly contents: Contents;
  readonly kept: ReadonlyMap<number, readonly Kept[]>;
  /** The record that a deletion is about, by the event's number. */
  readonly targets: ReadonlyMap<number, string>;
}

const REFUSALS = ['REQUIRED_FIELD_MISSING', 'STRING_TOO_LONG'];

/** A deletion that comes twice finds its record gone. */
const GONE = ['ENTITY_IS_DELETED', 'NOT_FOUND', 'INVALID_CROSS_REFERENCE_KEY'];

const timesApplied = ({ planned }: Sent, { contents, targets }: Facts): number => {
  if (planned.way.kind !== 'delete') return contents.words.get(planned.word) ?? 0;
  return contents.ids.has(targets.get(planned.index) ?? '') ? 0 : 1;
};

/** Reasons that the faults account for, by what was asked. */
function isExplained({ planned: { way } }: Sent, { reason, errorCode }: Kept): boolean {
  if (reason === 'TOO_MANY_REDRIVES') return true;
  if (reason === 'OUTCOME_UNKNOWN') {
    return (
      way.by === 'github' || way.by === 'twilio' || ['guarded', 'refused'].includes(way.kind ?? '')
    );
  }
  if (reason !== 'PERMANENT') return false;
  if (errorCode === PERMANENT_CODE) return true;
  if (way.kind === 'refused') return REFUSALS.includes(errorCode);
  return way.kind === 'delete' && GONE.includes(errorCode);
}

const nameOf = ({ planned: { key, way } }: Sent): string => `${way.name}: ${key}`;

const keptOf = ({ planned }: Sent, { kept }: Facts): readonly Kept[] =>
  kept.get(planned.index) ?? [];

const isLost = (sent: Sent, facts: Facts): boolean =>
  sent.state === 'accepted' && timesApplied(sent, facts) === 0 && keptOf(sent, facts).length === 0;

function parkedOf(sent: readonly Sent[], facts: Facts): Record<string, number> {
  const open = sent.filter((one) => timesApplied(one, facts) === 0);
  const reasons = open.flatMap((one) => {
    const [first] = keptOf(one, facts);
    return first === undefined ? [] : [`${first.reason} ${first.errorCode}`.trim()];
  });
  return Object.fromEntries(
    [...Map.groupBy(reasons, (reason) => reason)].map(([reason, of]) => [reason, of.length]),
  );
}

function rowOf(way: string, sent: readonly Sent[], facts: Facts): Row {
  const count = (holds: (one: Sent) => boolean): number => sent.filter(holds).length;
  const isOpen = (one: Sent): boolean =>
    timesApplied(one, facts) === 0 && keptOf(one, facts).length === 0;
  return {
    way,
    sent: sent.length,
    accepted: count(({ state }) => state === 'accepted'),
    applied: count((one) => timesApplied(one, facts) > 0),
    parked: parkedOf(sent, facts),
    told: count((one) => one.state === 'told' && isOpen(one)),
    refused: count((one) => one.state === 'refused' && isOpen(one)),
    repeated: count((one) => one.planned.way.isRepeatable === true && timesApplied(one, facts) > 1),
  };
}

/** Holds what was sent and accepted against what Salesforce has and what is kept. */
export function reconcile(sent: readonly Sent[], facts: Facts): Account {
  const byWay = Map.groupBy(sent, ({ planned }) => planned.way.name);
  const isTwice = (one: Sent): boolean =>
    one.planned.way.isRepeatable !== true && timesApplied(one, facts) > 1;
  return {
    rows: ways.map(({ name }) => rowOf(name, byWay.get(name) ?? [], facts)),
    lost: sent.filter((one) => isLost(one, facts)).map(nameOf),
    twice: sent.filter(isTwice).map(nameOf),
    odd: sent.flatMap((one) =>
      keptOf(one, facts)
        .filter((letter) => !isExplained(one, letter))
        .map(({ reason, errorCode }) => `${nameOf(one)}: ${reason} ${errorCode}`),
    ),
  };
}
