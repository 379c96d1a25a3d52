import * as z from 'zod';
import type { ActionResult } from '../../cli/dlq/failures/failure.ts';
import { pauseStack, resumeStack } from '../../cli/salesforce/pause.ts';
import type { Connected } from './connection.ts';
import { parse } from './errors.ts';

const pauseSchema = z.strictObject({
  minutes: z.exactOptional(z.int().min(1)),
  reason: z.exactOptional(z.string().max(300)),
});

/** How long apicall is paused, and why. */
export type PauseAction = z.infer<typeof pauseSchema>;

/** Stops the calls of Salesforce, as `npm run salesforce -- pause`. @param body see `PauseAction`. */
export async function pause({ clients, options }: Connected, body: unknown): Promise<ActionResult> {
  const { minutes, reason } = parse(pauseSchema, body);
  const change = await pauseStack(
    {
      ...options,
      ...(minutes !== undefined && { for: minutes * 60_000 }),
      ...(reason !== undefined && { reason }),
    },
    clients,
  );
  return { results: { paused: 1 }, summary: change.sentences.join(' ') };
}

/** Goes on, as `npm run salesforce -- resume`. */
export async function resume({ clients, options }: Connected): Promise<ActionResult> {
  const { sentences } = await resumeStack(options, clients);
  return { results: { resumed: 1 }, summary: sentences.join(' ') };
}
