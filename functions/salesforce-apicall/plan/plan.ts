import { collectionCall, type Entry } from './collections.ts';
import { compositeCall, fitsComposite, MAX_SUBREQUESTS } from './composite.ts';
import { groupOf, memberOf } from './member.ts';
import { toParts } from './parts.ts';
import { bodyOf, singleCall } from './single.ts';
import type { ApiCall, Planned, PlanOptions } from './types.ts';

const bytesOf = ({ request }: Planned): number =>
  Buffer.byteLength(JSON.stringify(bodyOf(request) ?? ''));

const typeOf = <Item>({ member }: Entry<Item>): string => member.type.toLowerCase();

function toEntries<Item extends Planned>(items: readonly Item[]): Entry<Item>[] {
  return items.flatMap((item) => {
    const member = memberOf(item.request);
    return member ? [{ item, member }] : [];
  });
}

function toCollections<Item extends Planned>(
  items: readonly Item[],
  { maxRecordsOf }: PlanOptions,
): [Entry<Item>, ...Entry<Item>[]][] {
  const groups = Map.groupBy(toEntries(items), ({ item: { request }, member }) =>
    JSON.stringify([groupOf(request, member), maxRecordsOf(member.type)]),
  );
  return [...groups.values()].flatMap((group) => {
    const sorted = group.toSorted((one, other) => typeOf(one).localeCompare(typeOf(other)));
    const count = Math.min(...group.map(({ member }) => maxRecordsOf(member.type)));
    return toParts(sorted, { count, bytes: ({ item }) => bytesOf(item), typeOf });
  });
}

/**
 * Few API calls for many requests: records that are written go through sObject Collections, what is left through
 * Composite, and what neither can carry alone. A pure function; the requests must be free of each other (one wave).
 */
export function planCalls<Item extends Planned>(
  items: readonly Item[],
  options: PlanOptions,
): ApiCall<Item>[] {
  const { apiVersion } = options;
  const shared = toCollections(items, options).filter((part) => part.length > 1);
  const carried = new Set(shared.flat().map(({ item }) => item));
  const left = items.filter((item) => !carried.has(item));
  const fitting = left.filter(({ request }) => fitsComposite(request));
  const limits = { count: MAX_SUBREQUESTS, bytes: bytesOf, typeOf: () => '' };
  const composites = toParts(fitting, limits).filter((part) => part.length > 1);
  const together = new Set(composites.flat());
  return [
    ...shared.map((part) => collectionCall(part, apiVersion)),
    ...composites.map((part) => compositeCall(part, apiVersion)),
    ...left.filter((item) => !together.has(item)).map((item) => singleCall(item, apiVersion)),
  ];
}
