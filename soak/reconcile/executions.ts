import type { SalesforceRecord } from '../../local/demo/salesforce.ts';
import { madeBy } from '../events/executions.ts';
import type { Route } from '../events/routes.ts';

/** What an execution has made. */
export interface Made {
  /** Records by object. */
  readonly counts: Readonly<Record<string, number>>;
  /** Whether its steps contradict each other: one of them did not use what a step before it gave. */
  readonly isContradictory: boolean;
}

type Records = ReadonlyMap<string, readonly SalesforceRecord[]>;

/** A Task that is not about its own execution's Case, or not about the Contact that the Case is of. */
function contradicts(tasks: readonly SalesforceRecord[], cases: readonly SalesforceRecord[]) {
  const byId = new Map(cases.map((one) => [one.Id, one]));
  return tasks.some(({ WhatId, WhoId }) => {
    const about = byId.get(String(WhatId));
    return about === undefined || (about['ContactId'] ?? null) !== (WhoId ?? null);
  });
}

/** What the executions of a run have made, by the number of the event. A find's result is in several of their records. */
export function madeByExecutions(records: Records, seed: number): Map<number, Made> {
  const own = [...records].flatMap(([object, some]) =>
    some.flatMap((record) => {
      const [, index] = madeBy(seed).exec(JSON.stringify(record)) ?? [];
      return index === undefined ? [] : [{ index: Number(index), object, record }];
    }),
  );
  return new Map(
    [...Map.groupBy(own, ({ index }) => index)].map(([index, made]): [number, Made] => {
      const byObject = Map.groupBy(made, ({ object }) => object);
      const of = (object: string) => (byObject.get(object) ?? []).map(({ record }) => record);
      const counts = [...byObject].map(([object, some]) => [object, some.length]);
      return [
        index,
        {
          counts: Object.fromEntries(counts),
          isContradictory: contradicts(of('Task'), of('Case')),
        },
      ];
    }),
  );
}

/** How often the steps of an execution took effect: 1 if each did once, 0 if one did not yet, 2 if one did again. */
export function timesExecuted({ execution }: Route, made: Made | undefined): number {
  const counts = Object.entries(execution?.makes ?? {}).map(([object, wanted]) => ({
    wanted,
    count: made?.counts[object] ?? 0,
  }));
  if (counts.some(({ count, wanted }) => count > wanted)) return 2;
  return counts.every(({ count, wanted }) => count === wanted) ? 1 : 0;
}
