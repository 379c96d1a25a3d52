import * as z from 'zod';
import { callerOf } from '../../cli/dlq/commands.ts';
import {
  type FailureAction,
  type FailureDetail,
  type FailurePage,
  failurePlaces,
} from '../../cli/dlq/failures/failure.ts';
import { type Failures, openFailures } from '../../cli/dlq/failures/open.ts';
import { messageNotFound } from '../../cli/dlq/show.ts';
import type { Connected } from './connection.ts';
import { parse } from './errors.ts';
import type { Asked, Run } from './server.ts';

const place = z.enum(failurePlaces);

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
  const failures = openFailures(connected.clients, connected.stack, connected.options);
  opened.set(connected, failures);
  return failures;
}

/** A page of one place's messages, without their bodies. Rejects with ProblemError for another place, and with AWS's error. */
export async function listFailures(connected: Connected, { query }: Asked): Promise<FailurePage> {
  return failuresOf(connected).list(parse(place, query['place']), query['cursor']);
}

/**
 * A message with its text, by its id or the key of its object.
 *
 * @throws NotFoundError that says how many messages were read, if it is none of them.
 */
export async function findFailure(connected: Connected, idOrKey: string): Promise<FailureDetail> {
  const result = await failuresOf(connected).find(idOrKey);
  if (result.kind === 'found') return result.detail;
  throw messageNotFound(idOrKey, result, connected.options);
}

/** What can be done with dead-letter and parked messages. @param name of the command of `npm run dlq` that does it. */
export const actOn =
  (name: 'redrive' | 'park' | 'unpark' | 'drop'): Run =>
  async (connected, body) => {
    const action = parse(actionSchema, body);
    const by = name === 'drop' ? await callerOf(connected.clients) : undefined;
    return failuresOf(connected).act(name, action, by);
  };
