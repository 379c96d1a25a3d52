import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { filterSchema } from './filter-schema.ts';
import { queueNames } from './names.ts';

/** A command that the reprocessor cannot carry out; the message names what is wrong with it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

const schema = z.strictObject({
  /** Queues in which nothing is left to be seen. */
  done: z._default(z.array(z.enum(queueNames)), []),
  /** Marks of the letters that earlier slices have seen and left, by queue. */
  seen: z._default(z.partialRecord(z.enum(queueNames), z.string()), {}),
  /** The parked object that an earlier slice came to. */
  after: z.optional(z.string()),
});

/** Where a command that takes several invocations goes on. */
export type Cursor = z.infer<typeof schema>;

export const formatCursor = (cursor: Cursor): string =>
  Buffer.from(JSON.stringify(cursor)).toString('base64url');

/** @throws CommandError when the text is not what `formatCursor` wrote. */
export function parseCursor(text: string): Cursor {
  try {
    return schema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (cause) {
    throw new CommandError('cursor: is not one that this function answered', { cause });
  }
}

// The small build of zod comes without texts.
z.config(en());

const isOn = () => z._default(z.boolean(), false);

const schemaCommand = z.strictObject({
  action: z._default(z.enum(['redrive', 'status', 'preview', 'park', 'unpark']), 'redrive'),
  queue: z.optional(z.enum([...queueNames, 'all'])),
  filter: z._default(filterSchema, {}),
  /** Nothing is moved, deleted or counted; the answer says what would become of each letter. */
  dryRun: isOn(),
  /** Letters of each queue, or parked objects, in this invocation. */
  limit: z.optional(z.int().check(z.minimum(1), z.maximum(500))),
  cursor: z.optional(z.string().check(z.minLength(1))),
  /** Letters moved in a second, at most. */
  ratePerSecond: z.optional(z.int().check(z.minimum(1), z.maximum(500))),
  /** Redrives what would be parked or would wait. */
  force: isOn(),
  /** Salesforce has made the change of an OUTCOME_UNKNOWN; `recordId` goes into the reply. */
  applied: isOn(),
  recordId: z.optional(
    z.string().check(z.regex(/^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/, 'must be a Salesforce id')),
  ),
  /** Salesforce has not made the change of an OUTCOME_UNKNOWN. */
  notApplied: isOn(),
  /** Nobody waits for the answer: goes on while there is time, and leaves a queue where letters only wait. */
  unattended: isOn(),
});

type Given = z.infer<typeof schemaCommand>;

export interface Command extends Omit<Given, 'cursor'> {
  readonly cursor: Cursor | undefined;
}

type Rule = readonly [isBroken: (given: Given) => boolean, problem: string];

/** What each field alone cannot say. */
const rules: readonly Rule[] = [
  [
    ({ action, queue }) => action === 'unpark' && queue !== undefined,
    'queue: is not for unpark, which puts everything back where it came from',
  ],
  [
    ({ action, filter }) => action === 'unpark' && Object.keys(filter).length === 0,
    'filter: unpark needs one; {"key": "parked/"} says that everything is meant',
  ],
  [({ action, filter }) => action !== 'unpark' && 'key' in filter, 'filter.key: is for unpark'],
  [
    ({ filter: { olderThanSeconds: older = 0, newerThanSeconds: newer = Infinity } }) =>
      older >= newer,
    'filter: olderThanSeconds must be below newerThanSeconds',
  ],
  [
    ({ action, force }) => force && action !== 'redrive' && action !== 'preview',
    'force: is for redrive and preview',
  ],
  [
    ({ force, filter }) =>
      force && !['id', 'reason', 'errorCode', 'object'].some((key) => key in filter),
    'force: the filter has to name id, reason, errorCode or object',
  ],
  [
    ({ action, applied, notApplied }) => action !== 'unpark' && (applied || notApplied),
    'applied and notApplied: are for unpark',
  ],
  [
    ({ applied, notApplied }) => applied && notApplied,
    'applied and notApplied: exclude each other',
  ],
  [({ applied, recordId }) => recordId !== undefined && !applied, 'recordId: needs applied'],
  [
    ({ unattended, limit, cursor, action, dryRun }) =>
      unattended && (limit !== undefined || cursor !== undefined || action !== 'redrive' || dryRun),
    'unattended: is for redrive, without limit, cursor and dryRun',
  ],
];

/** @throws CommandError naming each unknown, malformed or contradictory field. */
export function parseCommand(event: unknown): Command {
  const parsed = schemaCommand.safeParse(event ?? {});
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
