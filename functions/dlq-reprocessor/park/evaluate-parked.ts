import pMap from 'p-map';
import { toError } from '#common/errors.ts';
import { findPolicy } from '#common/failure-policy.ts';
import type { Command } from '../command.ts';
import type { DeadLetter, Effect, Envelope } from '../dead-letter/dead-letter.ts';
import { toEnvelope } from '../dead-letter/parse.ts';
import { type Facts, factsOf } from '../dead-letter/summary.ts';
import { type Planned, refuse, skip, type Verdict } from '../evaluate.ts';
import { matches } from '../filter.ts';
import type { FindRoute } from '../redrive/route.ts';
import type { ParkBucket } from './park.ts';
import { type Parked, parseParked } from './record.ts';
import type { Objection } from './resolve-unknown.ts';

/** A parked letter, and what is to become of it. */
export interface Unparked extends Planned {
  readonly key: string;
  readonly parkedAt: Date;
  /** What has to be settled before it may go. */
  readonly effect?: Effect;
}

const effectOf = (envelope: Envelope): Effect | undefined =>
  envelope.kind === 'request' ? envelope.failure?.effect : undefined;

const isUnknown = ({ reason }: Parked, { failureClass = '' }: Facts): boolean =>
  reason === 'OUTCOME_UNKNOWN' || findPolicy(failureClass)?.idempotencyRecord === 'keep';

const NOT_SETTLED =
  'Salesforce may have made the change: find out, then unpark it as applied or notApplied';

const NO_RECORD =
  'nothing says which record of the once-only table is its: enter the change as done by hand, or unpark it as notApplied';

/** Whether a letter may go, as far as it says itself. */
function verdictOf(parked: Parked, envelope: Envelope, facts: Facts, command: Command): Verdict {
  const { applied, notApplied } = command;
  if (isUnknown(parked, facts)) {
    if (!applied && !notApplied) return refuse(NOT_SETTLED);
    if (applied && !effectOf(envelope)) return refuse(NO_RECORD);
  } else if (applied || notApplied) {
    return refuse('only an outcome that is not known is applied or notApplied');
  }
  return { kind: 'redrive', reason: 'unparked', why: `parked as ${parked.reason}` };
}

export function judgeParked(key: string, parked: Parked, command: Command, now: Date): Unparked {
  const { letter, parkedAt, reason } = parked;
  const envelope = toEnvelope(letter);
  const facts = factsOf(envelope);
  const { messageId, body } = letter;
  const candidate = { messageId, body, since: parkedAt, envelope, facts, reason };
  const isMeant = matches(command.filter, candidate, now);
  const effect = effectOf(envelope);
  return {
    key,
    parkedAt,
    letter,
    envelope,
    facts,
    verdict: isMeant ? verdictOf(parked, envelope, facts, command) : skip,
    ...(effect === undefined || !isUnknown(parked, facts) ? {} : { effect }),
  };
}

interface ReadDependencies {
  readonly bucket: Pick<ParkBucket, 'read'>;
  readonly findRoute: FindRoute;
  readonly now: () => Date;
}

const CONCURRENCY = 10;

/** What stands for a letter that could not be read. */
function unread(key: string, now: Date): Unparked {
  const messageId =
    key
      .split('/')
      .at(-1)
      ?.replace(/\.json$/, '') ?? '';
  const letter: DeadLetter = {
    messageId,
    receiptHandle: '',
    body: '',
    attributes: {},
    typed: {},
    sentAt: now,
  };
  return {
    key,
    letter,
    parkedAt: now,
    envelope: { kind: 'unknown', history: { redrives: 0 } },
    facts: {},
    verdict: refuse('the object is not a parked letter'),
  };
}

export const withObjection = (item: Unparked, objection: Objection): Unparked => {
  if (objection === undefined) return item;
  const { route: _route, ...rest } = item;
  return { ...rest, verdict: refuse(objection) };
};

/** Reads parked letters and finds the way of those that may go. Never rejects. */
export function createRead({ bucket, findRoute, now }: ReadDependencies) {
  const plan = async (item: Unparked): Promise<Unparked> => {
    if (item.verdict.kind !== 'redrive') return item;
    // A person has looked at it: its redrives are counted from the beginning.
    const route = await findRoute(item.letter, item.envelope, 0);
    return route.to === 'nowhere' ? withObjection(item, route.why) : { ...item, route };
  };

  const readOne = async (key: string, command: Command): Promise<Unparked> => {
    try {
      const parked = parseParked(await bucket.read(key));
      if (parked === undefined) return unread(key, now());
      return await plan(judgeParked(key, parked, command, now()));
    } catch (error) {
      return { ...unread(key, now()), refusal: { errorCode: toError(error).name } };
    }
  };

  return (keys: readonly string[], command: Command): Promise<Unparked[]> =>
    pMap(keys, (key) => readOne(key, command), { concurrency: CONCURRENCY });
}

export type Read = ReturnType<typeof createRead>;
