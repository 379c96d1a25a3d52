import { parseJsonObject } from '#common/json.ts';
import type { Envelope } from './dead-letter/message.ts';
import type { Filter } from './filter-schema.ts';
import type { PolicyDecision } from './policy.ts';
import type { MessageFacts } from './report.ts';

const STEP = /\.([^.[\]]+)|\[(\d+)\]/g;

function step(tree: unknown, key: string): unknown {
  if (typeof tree !== 'object' || tree === null || !Object.hasOwn(tree, key)) return undefined;
  return Object.getOwnPropertyDescriptor(tree, key)?.value;
}

/** The value at a path such as `$.detail.items[0].id`; `undefined` where there is none. */
export function valueAt(tree: unknown, path: string): unknown {
  return [...path.matchAll(STEP)].reduce<unknown>(
    (value, [, key, index]) => step(value, key ?? index ?? ''),
    tree,
  );
}

/** A message as a filter sees it. */
export interface Candidate {
  readonly messageId: string;
  readonly body: string;
  /** When it entered its queue, or was parked. */
  readonly since: Date;
  readonly envelope: Envelope;
  readonly facts: MessageFacts;
  /** A park reason, or the reason of a decision in words. */
  readonly reason: PolicyDecision['reason'];
}

const isSame = (one: string | undefined, other: string): boolean =>
  one?.toLowerCase() === other.toLowerCase();

/** The body, and the event or request inside it: operators know the event, not its envelope. */
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

/** Whether all conditions hold. `key` is not checked: it selects which objects are listed. */
export function matches(filter: Filter, candidate: Candidate, now: Date): boolean {
  const ageSeconds = Math.max(0, (now.getTime() - candidate.since.getTime()) / 1000);
  return conditions.every((holds) => holds(filter, candidate, ageSeconds));
}
