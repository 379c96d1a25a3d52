import * as z from 'zod/mini';
import { CommandError } from './errors.ts';
import { queueNames } from './names.ts';

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
