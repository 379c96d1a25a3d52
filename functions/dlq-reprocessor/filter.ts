import * as z from 'zod/mini';
import { parseJsonObject } from '#common/json.ts';
import { type Envelope, failureClasses } from './dead-letter/message.ts';
import { parkReasons } from './park/reasons.ts';
import type { PolicyDecision } from './policy.ts';
import type { MessageFacts } from './report.ts';

const reasons = [...parkReasons, ...failureClasses];

const isReason = (text: string): boolean =>
  reasons.some((reason) => reason.toLowerCase() === text.toLowerCase());

const name = () => z.string().check(z.minLength(1), z.maxLength(255));
const seconds = () => z.int().check(z.nonnegative());

/** `$.a.b[0].c`: keys and indexes only. */
const isPath = (text: string): boolean => /^\$(?:\.[^.[\]]+|\[\d+\])+$/.test(text);

const paths = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .check(
    z.refine(
      (given) => Object.keys(given).every(isPath),
      'keys must be paths such as $.detail.items[0].id',
    ),
  );

/** Which messages a command applies to: those that match all fields. */
export const filterSchema = z.strictObject({
  reason: z.optional(
    z.string().check(z.refine(isReason, `must be one of ${reasons.join(', ')} (in any case)`)),
  ),
  errorCode: z.optional(name()),
  object: z.optional(name()),
  olderThanSeconds: z.optional(seconds()),
  newerThanSeconds: z.optional(seconds()),
  path: z.optional(paths),
  id: z.optional(
    z
      .array(z.string().check(z.regex(/^[\w-]{1,100}$/, 'must be the MessageId of an SQS message')))
      .check(z.minLength(1), z.maxLength(100)),
  ),
  key: z.optional(
    z.string().check(z.regex(/^(?:parked|dropped)\//, 'must start with parked/ or dropped/')),
  ),
});

export type Filter = z.infer<typeof filterSchema>;

const STEP = /\.([^.[\]]+)|\[(\d+)\]/g;

function step(tree: unknown, key: string): unknown {
  if (typeof tree !== 'object' || tree === null || !Object.hasOwn(tree, key)) return undefined;
  return Object.getOwnPropertyDescriptor(tree, key)?.value;
}

/** The value at a path such as `$.detail.items[0].id`; `undefined` if there is none. */
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
  /** When it was sent, or parked. */
  readonly since: Date;
  readonly envelope: Envelope;
  readonly facts: MessageFacts;
  readonly reason: PolicyDecision['reason'];
}

const isSame = (one: string | undefined, other: string): boolean =>
  one?.toLowerCase() === other.toLowerCase();

/** The body, and the event or request inside it: operators know the event, not the envelope. */
function treesOf({ body, envelope }: Candidate): unknown[] {
  const whole = parseJsonObject(body);
  if (envelope.kind === 'rule' || envelope.kind === 'request') return [whole, envelope.content];
  if (envelope.kind === 'unknown' || envelope.kind === 'subscriber') return [whole];
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

/** Whether a message matches all fields except `key`, which selects the objects that are listed. */
export function matches(filter: Filter, candidate: Candidate, now: Date): boolean {
  const ageSeconds = Math.max(0, (now.getTime() - candidate.since.getTime()) / 1000);
  return conditions.every((holds) => holds(filter, candidate, ageSeconds));
}
