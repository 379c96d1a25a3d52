import * as z from 'zod';
import { callerOf } from '../../cli/dlq/commands.ts';
import { type Failures, openFailures } from '../../cli/dlq/failures/open.ts';
import type { ActionResult, FailureAction, FailureDetail, FailurePage } from '../api.ts';
import type { Connected } from './connection.ts';
import { invalid, notFound } from './errors.ts';
import type { Action, Asked } from './routes.ts';

const place = z.enum(['ApiCallDlq', 'RuleDlq', 'SpillQueue', 'parked']);

const actionSchema = z.strictObject({
  place,
  ids: z
    .array(z.string().regex(/^[\w-]{1,100}$/, 'must be the id of a message'))
    .min(1)
    .max(100),
  reason: z.exactOptional(z.string().min(1).max(300)),
  outcome: z.exactOptional(z.enum(['applied', 'notApplied'])),
  dryRun: z.exactOptional(z.boolean()),
}) satisfies z.ZodType<FailureAction>;

/** The reprocessor's settings are read once for each stack. */
const opened = new WeakMap<Connected, Failures>();

function failuresOf(connected: Connected): Failures {
  const known = opened.get(connected);
  if (known) return known;
  const { clients, isLocal, stack } = connected;
  const failures = openFailures(clients, stack, { stackName: stack.name, local: isLocal });
  opened.set(connected, failures);
  return failures;
}

/** A page of one place's messages, without their texts. Rejects with ProblemError for another place, and with AWS's error. */
export async function listFailures(
  connected: Connected,
  { query: { place: asked, cursor } }: Asked,
): Promise<FailurePage> {
  const { data } = place.safeParse(asked);
  if (data === undefined) throw invalid(`place must be one of ${place.options.join(', ')}.`);
  return failuresOf(connected).list(data, cursor);
}

/**
 * A message with its text, by its id or the key of its object.
 *
 * @throws ProblemError that says how many messages were read, if there is none of them.
 */
export async function findFailure(connected: Connected, idOrKey: string): Promise<FailureDetail> {
  const result = await failuresOf(connected).find(idOrKey);
  if (result.kind === 'found') return result.detail;
  const { objects, queues } = result;
  const read = queues.map((one) => `${one.read} in ${one.queue} (${one.hidden} more are hidden)`);
  throw notFound(
    `No message ${idOrKey} among those that could be read: ${[...read, `${objects} in the bucket`].join(', ')}.`,
    'A hidden message can be read when its next attempt is due; one that is gone has been redriven, dropped, or has expired.',
  );
}

const act =
  (name: 'redrive' | 'park' | 'unpark' | 'drop') =>
  async (connected: Connected, body: unknown): Promise<ActionResult> => {
    const { data, error } = actionSchema.safeParse(body);
    if (error) throw invalid(z.prettifyError(error));
    const by = name === 'drop' ? await callerOf(connected.clients) : undefined;
    return failuresOf(connected).act(name, data, by);
  };

/** What can be done with dead-letter and parked messages. */
export const failureActions: readonly Action[] = (
  ['redrive', 'park', 'unpark', 'drop'] as const
).map((name) => ({ path: `failures/${name}`, isSteering: true, run: act(name) }));
