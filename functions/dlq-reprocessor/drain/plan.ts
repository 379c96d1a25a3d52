import pMap from 'p-map';
import type { Refusal } from '#common/batches.ts';
import { toError } from '#common/errors.ts';
import type { FindRoute, Route } from '../redrive/route.ts';
import type { Judged } from './verdict.ts';

/** A judged letter, and the way that it goes. */
export interface Planned extends Judged {
  /** Of a redrive. */
  readonly route?: Exclude<Route, { to: 'nowhere' }>;
  /** The way was not found, or what replaces the letter is not confirmed: it must stay. */
  readonly refusal?: Refusal;
}

const CONCURRENCY = 10;

/** Finds the way of each letter that is to be redriven; what has none is parked. Never rejects. */
export function createPlan(findRoute: FindRoute) {
  const plan = async (judged: Judged): Promise<Planned> => {
    const { verdict, letter, envelope } = judged;
    if (verdict.kind !== 'redrive') return judged;
    try {
      const route = await findRoute(letter, envelope, envelope.history.redrives + 1);
      if (route.to !== 'nowhere') return { ...judged, route };
      return { ...judged, verdict: { kind: 'park', reason: route.reason, why: route.why } };
    } catch (error) {
      return { ...judged, refusal: { errorCode: toError(error).name } };
    }
  };
  return (judged: readonly Judged[]): Promise<Planned[]> =>
    pMap(judged, plan, { concurrency: CONCURRENCY });
}

export type Plan = ReturnType<typeof createPlan>;
