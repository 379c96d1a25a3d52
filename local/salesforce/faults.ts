import { randomUUID } from 'node:crypto';
import * as z from 'zod';

const shape = z.strictObject({
  match: z
    .strictObject({
      method: z.string().optional(),
      /** A regular expression, tried on path and query. */
      path: z.string().optional(),
      /** A text that the body holds. */
      body: z.string().optional(),
    })
    .default({}),
  status: z.int().min(100).max(599).default(503),
  errorCode: z.string().default('SERVER_UNAVAILABLE'),
  message: z.string().default('Injected fault'),
  headers: z.record(z.string(), z.string()).default({}),
  /** Answer an HTML page, as gateways do. */
  html: z.boolean().default(false),
  /** Cut the connection instead of answering. */
  reset: z.boolean().default(false),
  delayMs: z.int().min(0).max(120_000).default(0),
  times: z.int().min(1).default(1),
  /** Whether Salesforce does its work before the fault shows. */
  after: z.enum(['before', 'commit']).default('before'),
});

export type Fault = z.infer<typeof shape>;

export interface FaultyRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/** Faults on demand, each for the next `times` requests that match it. */
export function createFaults() {
  let faults: (Fault & { readonly id: string; left: number })[] = [];

  const isMatch = ({ match }: Fault, { method, url, body }: FaultyRequest): boolean =>
    (match.method === undefined || match.method.toUpperCase() === method) &&
    (match.path === undefined || new RegExp(match.path).test(url)) &&
    (match.body === undefined || body.includes(match.body));

  return {
    /** @throws ZodError naming what is wrong with the fault. */
    add: (value: unknown) => {
      const fault = shape.parse(value);
      const added = { ...fault, id: randomUUID(), left: fault.times };
      faults.push(added);
      return added;
    },
    take: (request: FaultyRequest): Fault | undefined => {
      const fault = faults.find((candidate) => candidate.left > 0 && isMatch(candidate, request));
      if (fault) fault.left -= 1;
      return fault;
    },
    list: () => faults,
    clear: (): void => {
      faults = [];
    },
  };
}
