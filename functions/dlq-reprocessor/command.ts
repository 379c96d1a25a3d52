import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { queueNames } from './dead-letter/message.ts';
import { filterSchema } from './filter.ts';

/** The event is not a command. The message names each field that is unknown, malformed or contradictory. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

const cursorSchema = z.strictObject({
  /** Queues without further messages. */
  done: z._default(z.array(z.enum(queueNames)), []),
  /** By queue: the messages that earlier invocations have reported and left (`SeenIds.text`). */
  seen: z._default(z.partialRecord(z.enum(queueNames), z.string()), {}),
  /** The key of the last parked object that an earlier invocation processed. */
  after: z.optional(z.string()),
});

/** Where the next invocation of a command continues. */
export type Cursor = z.infer<typeof cursorSchema>;

export const formatCursor = (cursor: Cursor): string =>
  Buffer.from(JSON.stringify(cursor)).toString('base64url');

/** @throws CommandError when the text is not what `formatCursor` returned. */
export function parseCursor(text: string): Cursor {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (cause) {
    throw new CommandError('cursor: is not one that this function returned', { cause });
  }
}

// zod's small build contains no error messages.
z.config(en());

const isOn = () => z._default(z.boolean(), false);

const commandSchema = z.strictObject({
  action: z._default(z.enum(['redrive', 'status', 'preview', 'park', 'unpark', 'drop']), 'redrive'),
  /** `all`: the three queues. `parked`: the park bucket, which unpark reads without it. */
  queue: z.optional(z.enum([...queueNames, 'all', 'parked'])),
  /** `{}` matches every message. */
  filter: z._default(filterSchema, {}),
  /** Reports what would be done with each message. Nothing is moved, deleted or counted in metrics. */
  dryRun: isOn(),
  /** Messages per queue, or parked objects, in this invocation; 500 by default. */
  limit: z.optional(z.int().check(z.minimum(1), z.maximum(500))),
  cursor: z.optional(z.string().check(z.minLength(1))),
  /** Messages redriven or parked per second, at most. */
  ratePerSecond: z.optional(z.int().check(z.minimum(1), z.maximum(500))),
  /** Redrives messages that would be parked or hidden until they are due; drops also those whose outcome is unknown. */
  force: isOn(),
  /** Of redrive's two kinds of moves, the only one to make. */
  only: z.optional(z.enum(['redrive', 'park'])),
  /** Why messages are dropped, and who says so: kept in the record of each, and nowhere else. */
  dropReason: z.optional(z.string().check(z.minLength(1), z.maxLength(500))),
  droppedBy: z.optional(z.string().check(z.minLength(1), z.maxLength(300))),
  /** For OUTCOME_UNKNOWN: Salesforce has made the change. The reply contains `recordId`. */
  applied: isOn(),
  recordId: z.optional(
    z.string().check(z.regex(/^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/, 'must be a Salesforce id')),
  ),
  /** For OUTCOME_UNKNOWN: Salesforce has not made the change. */
  notApplied: isOn(),
  /** The schedule: continues while there is time, and leaves a queue whose messages only wait. */
  unattended: isOn(),
});

type Given = z.infer<typeof commandSchema>;

export interface Command extends Omit<Given, 'cursor'> {
  readonly cursor: Cursor | undefined;
}

type Rule = readonly [isBroken: (given: Given) => boolean, problem: string];

/** Checks across fields. */
const rules: readonly Rule[] = [
  [
    ({ action, queue }) => action === 'unpark' && queue !== undefined,
    'queue: not for unpark, which sends each message back to its origin',
  ],
  [
    ({ action, queue }) => action !== 'drop' && queue === 'parked',
    'queue: parked is for drop only',
  ],
  [
    ({ action, dryRun, filter }) =>
      action === 'unpark' && !dryRun && Object.keys(filter).length === 0,
    'filter: unpark needs one; {"key": "parked/"} matches everything',
  ],
  [
    ({ action, dryRun, filter }) =>
      action === 'drop' && !dryRun && Object.keys(filter).length === 0,
    'filter: drop needs one',
  ],
  [
    ({ action, dryRun, dropReason }) => action === 'drop' && !dryRun && dropReason === undefined,
    'dropReason: is missing',
  ],
  [
    ({ action, dropReason, droppedBy }) =>
      action !== 'drop' && (dropReason !== undefined || droppedBy !== undefined),
    'dropReason and droppedBy: are for drop only',
  ],
  [({ action, only }) => action !== 'redrive' && only !== undefined, 'only: is for redrive only'],
  [
    ({ action, queue, filter }) => action !== 'unpark' && queue !== 'parked' && 'key' in filter,
    'filter.key: is for parked messages only',
  ],
  [
    ({ action, filter }) => action !== 'unpark' && filter.key?.startsWith('dropped/') === true,
    'filter.key: what was dropped can only be unparked',
  ],
  [
    ({ filter: { olderThanSeconds: older = 0, newerThanSeconds: newer = Infinity } }) =>
      older >= newer,
    'filter: olderThanSeconds must be below newerThanSeconds',
  ],
  [
    ({ action, force }) => force && !['redrive', 'preview', 'drop'].includes(action),
    'force: is for redrive, preview and drop only',
  ],
  [
    ({ force, filter }) =>
      force && !['id', 'reason', 'errorCode', 'object'].some((key) => key in filter),
    'force: the filter must have id, reason, errorCode or object',
  ],
  [
    ({ action, applied, notApplied }) => action !== 'unpark' && (applied || notApplied),
    'applied and notApplied: are for unpark only',
  ],
  [
    ({ applied, notApplied }) => applied && notApplied,
    'applied and notApplied: exclude each other',
  ],
  [({ applied, recordId }) => recordId !== undefined && !applied, 'recordId: needs applied'],
  [
    ({ unattended, limit, cursor, action, dryRun }) =>
      unattended && (limit !== undefined || cursor !== undefined || action !== 'redrive' || dryRun),
    'unattended: is for redrive only, without limit, cursor and dryRun',
  ],
];

/**
 * Validates an event. An empty one redrives all queues; the schedule sends `{"unattended": true}` with it.
 *
 * @throws CommandError naming each unknown, malformed or contradictory field.
 */
export function parseCommand(event: unknown): Command {
  const parsed = commandSchema.safeParse(event ?? {});
  if (!parsed.success) throw new CommandError(z.prettifyError(parsed.error));
  const given = parsed.data;
  const problems = rules.flatMap(([isBroken, problem]) => (isBroken(given) ? [problem] : []));
  if (problems.length > 0) throw new CommandError(problems.join('\n'));
  return {
    ...given,
    dryRun: given.dryRun || given.action === 'preview' || given.action === 'status',
    cursor: given.cursor === undefined ? undefined : parseCursor(given.cursor),
  };
}
