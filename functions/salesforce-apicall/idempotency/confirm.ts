import { isJsonObject, type JsonObject, textOf } from '#common/json.ts';
import type { EventIdKey } from '../coalesce/single.ts';
import type { CallResult, Execution } from '../execute.ts';
import { type Failure, isRetryable, type Outcome } from '../outcome/failure-class.ts';
import type { ResolvedRequest } from '../resolve.ts';

/** Keys of one query: well below what a URI may be long. */
const KEYS_PER_QUERY = 100;

/** Attempts for a duplicate that a query does not find: it may not be committed yet. */
const UNCOMMITTED_ATTEMPTS = 2;

interface Lookup<Item> {
  readonly item: Item;
  readonly eventIdKey: EventIdKey;
  readonly called: CallResult;
  readonly failure: Failure;
}

/**
 * Whether a create has failed in a way that an earlier attempt, whose response was lost, can explain. A duplicate proves
 * nothing by itself: it may be in another field, or in an object that a trigger writes. And after an attempt with an unknown
 * outcome, any rule that runs before the unique check can be what refuses the second record.
 */
function lookupOf<Item extends ResolvedRequest>(
  [item, called]: readonly [Item, CallResult],
  execution: Execution,
): Lookup<Item>[] {
  const { eventIdKey, request, isRedelivered } = item;
  const { outcome: failure, opensBreaker } = called;
  if (eventIdKey === undefined || failure.kind === 'success' || opensBreaker) return [];
  const mayBeMade = isRedelivered || execution.callSizeOf(request) !== undefined;
  const isExplained =
    failure.errorCode === 'DUPLICATE_VALUE' || (mayBeMade && !isRetryable(failure));
  return isExplained ? [{ item, eventIdKey, called, failure }] : [];
}

const quoted = (keys: readonly string[]): string => keys.map((key) => `'${key}'`).join(',');

/** The ids of records by their event ids; `undefined` if Salesforce does not return them. */
async function findIds(
  lookups: readonly Lookup<ResolvedRequest>[],
  execution: Execution,
): Promise<Map<string, string> | undefined> {
  const [first] = lookups;
  if (first === undefined || !execution.hasTime()) return undefined;
  const { field } = first.eventIdKey;
  const keys = lookups.map(({ eventIdKey }) => eventIdKey.key);
  const outcome = await execution.query(
    `SELECT Id, ${field} FROM ${first.item.request.object} WHERE ${field} IN (${quoted(keys)})`,
  );
  const records: unknown = outcome.kind === 'success' ? Object(outcome.body).records : undefined;
  if (!Array.isArray(records)) return undefined;
  const fieldOf = (record: JsonObject, name: string): unknown =>
    Object.entries(record).find(([own]) => own.toLowerCase() === name.toLowerCase())?.[1];
  return new Map(
    records
      .filter(isJsonObject)
      .map((record) => [textOf(fieldOf(record, field)), textOf(fieldOf(record, 'Id'))]),
  );
}

function confirmedOutcome(
  { failure, eventIdKey }: Lookup<ResolvedRequest>,
  ids: ReadonlyMap<string, string> | undefined,
): Outcome {
  if (ids === undefined) return { ...failure, class: 'retry-soon' };
  const id = ids.get(eventIdKey.key);
  if (id !== undefined)
    return { kind: 'success', status: 201, body: { id, success: true, errors: [] } };
  if (failure.errorCode !== 'DUPLICATE_VALUE') return failure;
  const retried = { class: 'retry-soon', finalClass: 'permanent-data' } as const;
  return { ...failure, ...retried, maxAttempts: UNCOMMITTED_ATTEMPTS };
}

const inChunks = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / KEYS_PER_QUERY) }, (_, index) =>
    items.slice(index * KEYS_PER_QUERY, (index + 1) * KEYS_PER_QUERY),
  );

/**
 * Looks for the records of creates that have an event id and may have been made by an earlier attempt: those that are found
 * have succeeded. The other results stay as they are.
 */
export async function confirmCreates<Item extends ResolvedRequest>(
  called: ReadonlyMap<Item, CallResult>,
  execution: Execution,
): Promise<Map<Item, CallResult>> {
  const results = new Map(called);
  const lookups = [...called].flatMap((entry) => lookupOf(entry, execution));
  const groups = Map.groupBy(lookups, ({ item, eventIdKey }) =>
    `${item.request.object}.${eventIdKey.field}`.toLowerCase(),
  );
  for (const chunk of [...groups.values()].flatMap(inChunks)) {
    const ids = await findIds(chunk, execution);
    for (const lookup of chunk)
      results.set(lookup.item, { ...lookup.called, outcome: confirmedOutcome(lookup, ids) });
  }
  return results;
}
