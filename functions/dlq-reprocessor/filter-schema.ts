import * as z from 'zod/mini';
import { failureClasses, parkReasons } from './names.ts';

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

/** Which messages a command applies to: all conditions must hold. */
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
  key: z.optional(z.string().check(z.startsWith('parked/'))),
});

export type Filter = z.infer<typeof filterSchema>;
