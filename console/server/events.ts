import * as z from 'zod';
import { traceEvent } from '../../cli/events/follow.ts';
import { type EventList, listEvents } from '../../cli/events/list.ts';
import { eventNotFound } from '../../cli/events/show.ts';
import { type EventTrace, eventStates } from '../../cli/events/trace.ts';
import type { Connected } from './connection.ts';
import { parse } from './errors.ts';
import type { Asked } from './server.ts';

const PAGE_SIZE = 100;

const MINUTE_MS = 60_000;

/** Messages are kept for 14 days (template.yaml): older lines are of events that nothing holds any more. */
const MAX_MINUTES = 14 * 24 * 60;

const querySchema = z.object({
  minutes: z.coerce.number().int().min(1).max(MAX_MINUTES).optional(),
  text: z.string().max(300).optional(),
  state: z.literal('').or(z.enum(eventStates)).optional(),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
});

const rangeOf = (minutes: number) => {
  const until = new Date();
  return { since: new Date(until.getTime() - minutes * MINUTE_MS), until };
};

/** The events of the last minutes, newest first, by the functions' log lines. Rejects with ProblemError, and with AWS's error. */
export async function listEventPage(
  { events: stack, lines }: Connected,
  asked: Asked,
): Promise<EventList> {
  const { minutes = 60, text, state: wanted, cursor } = parse(querySchema, asked.query);
  return listEvents({
    lines,
    stack,
    ...rangeOf(minutes),
    limit: PAGE_SIZE,
    ...(text && { text }),
    ...(wanted && { state: wanted }),
    ...(cursor !== undefined && { cursor }),
  });
}

/**
 * An event's whole way, by any of its ids.
 *
 * @throws NotFoundError that says what was read, if nothing names the id.
 */
export async function readEvent(
  { clients, events: stack, options }: Connected,
  asked: Asked,
): Promise<EventTrace> {
  const { minutes = 24 * 60 } = parse(querySchema, asked.query);
  const trace = await traceEvent(asked.rest, { clients, stack, ...rangeOf(minutes) });
  if (trace.hops.length > 0 || trace.payloads.length > 0) return trace;
  throw eventNotFound(trace, stack, options);
}
