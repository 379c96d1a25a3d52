import pMap from 'p-map';
import { toError } from '#common/errors.ts';
import type { Command } from '../command.ts';
import { refuse } from '../drain/verdict.ts';
import type { DeadLetter } from '../envelope/letter.ts';
import type { ParkBucket } from '../park/bucket.ts';
import { parseParked } from '../park/parked.ts';
import type { FindRoute } from '../redrive/route.ts';
import { judgeParked, type Unparked } from './judge.ts';
import type { Objection } from './settle.ts';

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
