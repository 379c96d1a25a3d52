import pMap from 'p-map';
import { type ErrorCode, RequestError } from './errors.ts';
import type { Guard, Permit } from './once/guard.ts';
import { classifyError, type Failure, failure, type Outcome } from './outcome/classify.ts';
import { codeOf } from './outcome/unreadable.ts';
import { toWaves } from './plan/lanes.ts';
import type { Arrival } from './request/arrival.ts';
import type { ApiCallRequest } from './request/schema.ts';
import type { Made, Run } from './run.ts';
import {
  laneOf,
  outcomeOfAsked,
  type Rules,
  tryToUnderstand,
  type Understood,
} from './understand.ts';

export interface Performed {
  readonly outcome: Outcome;
  readonly code: ErrorCode;
  /** Absent when the request could not be understood. */
  readonly request?: ApiCallRequest;
  /** How long the API call took that the request was made in; absent when there was none. */
  readonly durationMs?: number;
}

/** Not a try: the request may be made later, for instance when less of the API limit is used. */
export interface HeldBack {
  readonly waitSeconds: number;
}

interface PerformDependencies {
  readonly run: Run;
  readonly guard: Guard;
  readonly rules: Rules;
  /** Seconds for which a request is to wait; `undefined` - none. */
  readonly holdBack: (request: ApiCallRequest) => number | undefined;
}

/** Questions to the once-only table that are open at the same time. */
const GUARD_CONCURRENCY = 50;

/** What an arrival comes to that is no request, or one that may not be made. */
export const refuse = ({ code, message }: RequestError): Performed => ({
  code,
  outcome: failure('permanent-data', code, message),
});

const failed = (cause: Failure, request: ApiCallRequest): Performed => ({
  code: 'adapter-process',
  outcome: cause,
  request,
});

/** A request on its way: `permit` once the guard lets it be made, `performed` once its end is known. */
interface Item extends Understood {
  readonly index: number;
}

interface Permitted extends Item {
  readonly permit: Permit;
}

/**
 * Makes the API calls of many arrived requests, in their order where they are about one record, each effect once.
 *
 * @returns a function that answers one result per arrival, in order; `undefined` where there was no time to begin.
 *   It never rejects.
 */
export function createPerform({ run, guard, rules, holdBack }: PerformDependencies) {
  /** What the guard says without a call is an end. */
  const ask = async (item: Item): Promise<Permitted | Performed> => {
    const { request, asked, eventKey } = item;
    try {
      const decision = await guard(request, eventKey);
      if ('outcome' in decision) return { code: 'adapter-process', request: asked, ...decision };
      return { ...item, permit: decision };
    } catch (error) {
      // The guard refused the key or could not ask its table: no call was made.
      if (error instanceof RequestError) return { ...refuse(error), request: asked };
      return failed(classifyError(error, true), asked);
    }
  };

  const close = async (item: Permitted, made: Made | undefined): Promise<Performed | undefined> => {
    await item.permit.close(made?.outcome);
    if (made === undefined) return undefined;
    const outcome = outcomeOfAsked(item, made.outcome);
    return { code: codeOf(outcome), request: item.asked, durationMs: made.durationMs, outcome };
  };

  const performWave = async (items: readonly Item[], remainingMs: () => number) => {
    const asked = await pMap(items, ask, { concurrency: GUARD_CONCURRENCY });
    const permitted = asked.filter((answer) => 'permit' in answer);
    const made = await run(permitted, remainingMs);
    return pMap(
      asked,
      (answer) => ('permit' in answer ? close(answer, made.get(answer)) : answer),
      { concurrency: GUARD_CONCURRENCY },
    );
  };

  /** What is known of an arrival without a call: that it is refused or has to wait. */
  const early = (one: Understood | RequestError): Performed | HeldBack | undefined => {
    if (one instanceof RequestError) return refuse(one);
    const waitSeconds = holdBack(one.asked);
    return waitSeconds === undefined ? undefined : { waitSeconds };
  };

  return async (
    arrivals: readonly Arrival[],
    remainingMs: () => number,
  ): Promise<(Performed | HeldBack | undefined)[]> => {
    const understood = arrivals.map((arrival) => tryToUnderstand(arrival, rules));
    const results = understood.map(early);
    const items = understood.flatMap((one, index): Item[] =>
      one instanceof RequestError || results[index] ? [] : [{ ...one, index }],
    );
    for (const wave of toWaves(items, laneOf)) {
      const performed = await performWave(wave, remainingMs);
      for (const [position, { index }] of wave.entries()) results[index] = performed[position];
    }
    return results;
  };
}

export type Perform = ReturnType<typeof createPerform>;
