import { parseJsonObject } from '#common/json.ts';
import type { Envelope } from './dead-letter/dead-letter.ts';
import type { Facts } from './dead-letter/summary.ts';
import type { Filter } from './filter-schema.ts';
import type { Decision } from './policy.ts';

const STEP = /\.([^.[\]]+)|\[(\d+)\]/g;

function step(tree: unknown, key: string): unknown {
  if (typeof tree !== 'object' || tree === null || !Object.hasOwn(tree, key)) return undefined;
  return Object.getOwnPropertyDescriptor(tree, key)?.value;
}

/** What a path such as `$.detail.items[0].id` leads to; `undefined` - nowhere. */
export function valueAt(tree: unknown, path: string): unknown {
  return [...path.matchAll(STEP)].reduce<unknown>(
    (value, [, key, index]) => step(value, key ?? index ?? ''),
    tree,
  );
}

/** A letter as a filter sees it. */
export interface Candidate {
  readonly messageId: string;
  readonly body: string;
  /** When it came into its queue, or was parked. */
  readonly since: Date;
  readonly envelope: Envelope;
  readonly facts: Facts;
  /** A park reason or a decision's words. */
  readonly reason: Decision['reason'];
}

const isSame = (one: string | undefined, other: string): boolean =>
  one?.toLowerCase() === other.toLowerCase();

/** The body, and the event or request inside it: a person knows the event, not what it came wrapped in. */
function treesOf({ body, envelope }: Candidate): unknown[] {
  const whole = parseJsonObject(body);
  if (envelope.kind === 'rule' || envelope.kind === 'request') return [whole, envelope.content];
  if (envelope.kind === 'unknown') return [whole];
  return [whole, { ...whole, Detail: parseJsonObject(envelope.entry.Detail) }];
}

type Condition = (filter: Filter, candidate: Candidate, ageSeconds: number) => boolean;

const conditions: readonly Condition[] = [
  ({ reason }, { facts, reason: decided }) =>
    reason === undefined || isSame(decided, reason) || isSame(facts.failureClass, reason),
  ({ errorCode }, { facts }) => errorCode === undefined || isSame(facts.errorCode, errorCode),
  ({ object }, { facts }) => object === undefined || isSame(facts.object, object),
  ({ id }, { messageId }) => id === undefined || id.includes(messageId),
  ({ olderThanSeconds = 0 }, _candidate, ageSeconds) => ageSeconds >= olderThanSeconds,
  ({ newerThanSeconds }, _candidate, ageSeconds) =>
    newerThanSeconds === undefined || ageSeconds <= newerThanSeconds,
  ({ path }, candidate) => {
    if (path === undefined) return true;
    const trees = treesOf(candidate);
    return Object.entries(path).every(([where, value]) =>
      trees.some((tree) => valueAt(tree, where) === value),
    );
  },
];

/** Whether all given conditions hold. The key of parked objects is not looked at: it chooses what is listed. */
export function matches(filter: Filter, candidate: Candidate, now: Date): boolean {
  const ageSeconds = Math.max(0, (now.getTime() - candidate.since.getTime()) / 1000);
  return conditions.every((holds) => holds(filter, candidate, ageSeconds));
}
