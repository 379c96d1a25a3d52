import type { Answer } from '../salesforce/call.ts';
import { planCalls } from './plan.ts';
import { singleCall } from './single.ts';
import type { Sizes } from './sizes.ts';
import { type Sorted, sortAnswer } from './sort.ts';
import type { ApiCall, Planned } from './types.ts';

interface PlannerOptions {
  readonly sizes: Sizes;
  readonly apiVersion: string;
}

/** What an answered call has come to: requests with their outcomes, and the calls that it leaves to be made. */
export interface Step<Item extends Planned> {
  readonly made: Sorted<Item>['made'];
  readonly calls: readonly ApiCall<Item>[];
}

export interface Planner {
  /** The API calls for requests that are free of each other, as few as they can be. */
  readonly plan: <Item extends Planned>(items: readonly Item[]) => ApiCall<Item>[];
  /** Remembers too how many records of an object were too many for one call. */
  readonly next: <Item extends Planned>(apiCall: ApiCall<Item>, answer: Answer) => Step<Item>;
}

const inHalves = <Item>(items: readonly Item[]): (readonly Item[])[] => {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
};

/** Plans the first calls of requests, and what follows from each answer. */
export function createPlanner({ sizes, apiVersion }: PlannerOptions): Planner {
  const { failedOn, maxRecordsOf } = sizes;
  const plan = <Item extends Planned>(items: readonly Item[]) =>
    planCalls(items, { apiVersion, maxRecordsOf });

  return {
    plan,
    next: (apiCall, answer) => {
      const { made, alone, halve, isTooBig } = sortAnswer(apiCall, answer);
      const tooBig = isTooBig ? halve : [];
      for (const { request } of tooBig) failedOn(request.object ?? '', apiCall.items.length);
      const singles = alone.map((item) => ({
        ...singleCall(item, apiVersion),
        isRepeat: true as const,
      }));
      return { made, calls: [...inHalves(halve).flatMap(plan), ...singles] };
    },
  };
}
