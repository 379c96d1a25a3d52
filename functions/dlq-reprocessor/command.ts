import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { CommandError } from './errors.ts';

// The small build of zod comes without texts.
z.config(en());

export const queueNames = ['apicall', 'rule', 'spill'] as const;
export type QueueName = (typeof queueNames)[number];

const shape = z.strictObject({
  action: z._default(z.enum(['redrive', 'preview']), 'redrive'),
  queue: z._default(z.enum([...queueNames, 'all']), 'all'),
  /** Messages looked at per queue in this invocation. */
  limit: z._default(z.int().check(z.minimum(1), z.maximum(500)), 500),
});

export type Command = z.infer<typeof shape>;

/** @throws CommandError naming each unknown or malformed field. */
export function parseCommand(event: unknown): Command {
  const parsed = shape.safeParse(event ?? {});
  if (parsed.success) return parsed.data;
  throw new CommandError(z.prettifyError(parsed.error));
}
