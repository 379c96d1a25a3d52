import { randomUUID } from 'node:crypto';
import * as z from 'zod';

/** The page of an org in maintenance; its words are those that clients have reported. */
export const MAINTENANCE_PAGE =
  "<html><head><title>We are down for maintenance.</title></head><body>Sorry for the inconvenience. We'll be back shortly.</body></html>";

const shape = z
  .strictObject({
    /** Listed with the fault, and without effect. */
    name: z.string().optional(),
    match: z
      .strictObject({
        method: z.string().optional(),
        /** A regular expression for path and query; with scope `record`, for `/sobjects/<sObject>/<record>`. */
        path: z.string().optional(),
        /** Text that the body or the record's JSON contains. */
        body: z.string().optional(),
      })
      .default({}),
    /** Whether the call fails as a whole, or each of its records by itself. */
    scope: z.enum(['call', 'record']).default('call'),
    status: z.int().min(100).max(599).default(503),
    errorCode: z.string().default('SERVER_UNAVAILABLE'),
    message: z.string().default('Injected fault'),
    headers: z.record(z.string(), z.string()).default({}),
    /** A page to return instead of JSON, as gateways do; `true`: the page of an org in maintenance. */
    html: z
      .union([z.boolean(), z.string()])
      .transform((html) => (typeof html === 'string' ? html : html ? MAINTENANCE_PAGE : undefined))
      .optional(),
    /** Resets the connection instead of responding. */
    reset: z.boolean().default(false),
    /** Half of the response: well framed (`body`), or ended by the connection (`stream`). Needs `after: "commit"`. */
    truncate: z.enum(['body', 'stream']).optional(),
    /** Keeps the response, but delays it, adds headers, or truncates it. */
    pass: z.boolean().default(false),
    delayMs: z.int().min(0).max(120_000).default(0),
    times: z.int().min(1).default(1),
    /** Number of matching requests to skip first. */
    skip: z.int().min(0).default(0),
    /** Whether the fault occurs before the request runs, or after the commit. */
    after: z.enum(['before', 'commit']).default('before'),
  })
  .refine(({ truncate, after }) => truncate === undefined || after === 'commit', {
    message: 'truncate needs after: "commit": there is no answer before',
  })
  .refine(
    ({ scope, after, reset, pass }) => scope === 'call' || !(after === 'commit' || reset || pass),
    {
      message:
        'a fault of records has status, errorCode, message, times and skip, nothing of the connection',
    },
  );

export type Fault = z.infer<typeof shape>;

export interface FaultyRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/** Injected faults, each for the next `times` matching requests. */
export function createFaults() {
  let faults: (Fault & { readonly id: string; left: number; spare: number })[] = [];

  const isMatch = ({ match }: Fault, { method, url, body }: FaultyRequest): boolean =>
    (match.method === undefined || match.method.toUpperCase() === method) &&
    (match.path === undefined || new RegExp(match.path).test(url)) &&
    (match.body === undefined || body.includes(match.body));

  return {
    /** @throws ZodError if the fault is invalid. */
    add: (value: unknown) => {
      const fault = shape.parse(value);
      const added = { ...fault, id: randomUUID(), left: fault.times, spare: fault.skip };
      faults.push(added);
      return added;
    },
    take: (scope: Fault['scope'], request: FaultyRequest): Fault | undefined => {
      for (const fault of faults) {
        if (fault.scope !== scope || fault.left === 0 || !isMatch(fault, request)) continue;
        if (fault.spare === 0) {
          fault.left -= 1;
          return fault;
        }
        fault.spare -= 1;
      }
      return undefined;
    },
    list: () => faults,
    /** The state to which the returned function goes back: for a request that is rolled back and runs again. */
    mark: (): (() => void) => {
      const marked = faults.map(({ left, spare }) => ({ left, spare }));
      return () => {
        faults = faults.map((fault, index) => Object.assign(fault, marked[index]));
      };
    },
    remove: (id: string): void => {
      faults = faults.filter((fault) => fault.id !== id);
    },
    clear: (): void => {
      faults = [];
    },
  };
}

export type Faults = ReturnType<typeof createFaults>;
