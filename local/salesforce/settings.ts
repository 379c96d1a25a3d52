import * as z from 'zod';

const count = z.int().min(0);
const milliseconds = z.int().min(0).max(600_000);

const shape = z.strictObject({
  /** How the host responds to every request, logins included. */
  host: z.enum(['up', 'maintenance', 'moved']),
  /** How the REST API responds to every call with a live session. */
  restApi: z.enum(['on', 'disabled', 'out-of-scope', 'busy']),
  /** Whether records can be written; reads go on. */
  writes: z.enum(['on', 'release-upgrade', 'storage-full']),
  /** Whether the integration user may View Setup and Configuration, which `/limits` needs. */
  viewSetup: z.boolean(),
  /** The calls of 24 hours, and those of them that are used. */
  dailyApiRequests: count,
  apiRequestsUsed: count,
  /** Calls that have been running for `longRequestMs`, at which new ones are refused. */
  concurrentLongRequests: count,
  longRequestMs: milliseconds,
  /** The time that each call takes, and each record that it writes. Its rows and their parents are locked until then. */
  requestMs: milliseconds,
  recordMs: milliseconds,
  /** How long a write waits for a lock before it fails with UNABLE_TO_LOCK_ROW. */
  lockTimeoutMs: milliseconds,
  /** Records of one object that the org's triggers can take in a collection before they exceed the CPU time limit. */
  apexRecordLimit: count.nullable(),
  /** Failed records at which a collection without allOrNone fails as a whole, as its third retry does in an org with triggers. */
  partialFailureLimit: z.int().min(1).nullable(),
  /** How DUPLICATE_VALUE names the field and record: all four have been reported. */
  duplicateMessage: z.enum(['named', 'short-id', 'unknown', 'empty']),
});

export type Settings = z.infer<typeof shape>;

const defaults: Settings = {
  host: 'up',
  restApi: 'on',
  writes: 'on',
  viewSetup: true,
  dailyApiRequests: 100_000,
  apiRequestsUsed: 0,
  // "Developer Limits Quick Reference", API Request Limits and Allocations.
  concurrentLongRequests: 25,
  longRequestMs: 20_000,
  requestMs: 0,
  recordMs: 0,
  // "Apex Developer Guide", Locking Statements.
  lockTimeoutMs: 10_000,
  apexRecordLimit: null,
  partialFailureLimit: null,
  duplicateMessage: 'named',
};

/** Settings that together make an org's bad day, or a common kind of org. A mood starts from the defaults. */
export const moods = {
  normal: {},
  // Nobody publishes a benchmark: the latencies are this project's estimates.
  latency: { requestMs: 150, recordMs: 3 },
  'busy-automation': { requestMs: 150, recordMs: 35 },
  // "Developer Limits Quick Reference": the allocations of a Developer Edition.
  'developer-edition': { dailyApiRequests: 15_000, concurrentLongRequests: 5 },
  maintenance: { host: 'maintenance' },
  moved: { host: 'moved' },
  busy: { restApi: 'busy' },
  'api-disabled': { restApi: 'disabled' },
  'out-of-scope': { restApi: 'out-of-scope' },
  'release-upgrade': { writes: 'release-upgrade' },
  'storage-full': { writes: 'storage-full' },
  'daily-limit': { dailyApiRequests: 0 },
  'concurrent-limit': { concurrentLongRequests: 0 },
  'apex-limits': { apexRecordLimit: 50, partialFailureLimit: 3 },
} as const satisfies Readonly<Record<string, Partial<Settings>>>;

export type Mood = keyof typeof moods;

const isMood = (name: string): name is Mood => Object.hasOwn(moods, name);

const patch = z.looseObject({
  mood: z
    .string()
    .refine(isMood, { error: `must be one of ${Object.keys(moods).join(', ')}` })
    .optional(),
});

/** What the org is like at the moment. `initial` changes the defaults. @throws ZodError */
export function createSettings(initial: Partial<Settings> = {}) {
  const start = shape.parse({ ...defaults, ...initial });
  let current = start;

  return {
    get current(): Settings {
      return current;
    },
    /** Changes single settings; with `mood`, after all others have been set to that mood's. @throws ZodError */
    change: (value: unknown): Settings => {
      const { mood, ...changes } = patch.parse(value);
      const { apiRequestsUsed } = current;
      const base = mood === undefined ? current : { ...start, apiRequestsUsed, ...moods[mood] };
      current = shape.parse({ ...base, ...changes });
      return current;
    },
    countApiRequest: (): void => {
      current = { ...current, apiRequestsUsed: current.apiRequestsUsed + 1 };
    },
    reset: (): void => {
      current = start;
    },
  };
}

export type SettingsStore = ReturnType<typeof createSettings>;
