import fc from 'fast-check';
import { type Fault, type SettingsChange, simulatedOrg } from '../demo/salesforce.ts';

type Definition = Omit<Fault, 'name' | 'match' | 'times'> & Partial<Pick<Fault, 'match'>>;

const before = { after: 'before' } as const;
const commit = { after: 'commit' } as const;

const locked = {
  ...before,
  status: 400,
  errorCode: 'UNABLE_TO_LOCK_ROW',
  message: 'unable to obtain exclusive access to this record or 1 records',
};

/** The error code of records that fail permanently: a message parked for another error of its data is unexplained. */
export const PERMANENT_CODE = 'FIELD_CUSTOM_VALIDATION_EXCEPTION';

/** Everything that Salesforce and the gateways before it do to calls and records in tests and soak, by name. */
export const salesforceFaults = {
  'reset before': { ...before, reset: true },
  'reset after commit': { ...commit, reset: true },
  'session ended': { ...before, status: 401, errorCode: 'INVALID_SESSION_ID' },
  'session ended within a call': {
    ...before,
    scope: 'record',
    status: 401,
    errorCode: 'INVALID_SESSION_ID',
  },
  'too many requests': { ...before, status: 429, headers: { 'retry-after': '1' } },
  'unavailable with Retry-After': { ...before, headers: { 'retry-after': '1' } },
  maintenance: { ...before, html: true },
  'moved org': { ...before, status: 420, html: '' },
  'record locked': { ...locked, scope: 'record' },
  'call locked': locked,
  'daily limit': {
    ...before,
    status: 403,
    errorCode: 'REQUEST_LIMIT_EXCEEDED',
    message: 'TotalRequests Limit exceeded.',
  },
  'concurrent limit': {
    ...before,
    status: 403,
    errorCode: 'REQUEST_LIMIT_EXCEEDED',
    message: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
  },
  'record rejected': {
    ...before,
    scope: 'record',
    status: 400,
    errorCode: PERMANENT_CODE,
    message: 'The amount must not be negative',
  },
  'unknown exception': { ...before, status: 500, errorCode: 'UNKNOWN_EXCEPTION' },
  'bad gateway after commit': { ...commit, status: 502, html: '<html>Bad Gateway</html>' },
  'truncated JSON': { ...commit, truncate: 'body' },
  'truncated response': { ...commit, truncate: 'stream' },
  'slow, within the timeout': { ...commit, pass: true, delayMs: 1_200 },
  'timeout before commit': { ...before, pass: true, delayMs: 4_000 },
  'timeout after commit': { ...commit, pass: true, delayMs: 6_000 },
  'no token': { ...before, status: 503, match: { path: '/oauth2/token' } },
} satisfies Readonly<Record<string, Definition>>;

/** How often a fault that never ends is played. */
const FOREVER = 1_000_000_000;

export const isLasting = ({ times }: Fault): boolean => times === FOREVER;

/** What Salesforce answers to every call that has a record with one of these names in its text, or is made to its path. */
const poisons = {
  'poison-unknown-exception': salesforceFaults['unknown exception'],
  'poison-reset': salesforceFaults['reset before'],
  'poison-bad-gateway': { ...before, status: 502, html: '<html>Bad Gateway</html>' },
  'poison-internal-error': { ...before, status: 500, errorCode: 'INTERNAL_ERROR' },
  'poison-refused-rights': { ...before, status: 403, errorCode: 'INSUFFICIENT_ACCESS' },
  'poison-session': salesforceFaults['session ended'],
  'poison-apex-rest': {
    ...salesforceFaults['session ended'],
    match: { path: '/services/apexrest/poison-apex-rest' },
  },
} satisfies Readonly<Record<string, Definition>>;

export type Poison = keyof typeof poisons;

/** The faults of all poisons, which never end. Add them before others: the first fault that matches a call is played. */
export const poisonFaults = (): Fault[] =>
  Object.entries<Definition>(poisons).map(([name, { match = { body: name }, ...fault }]) =>
    named(APICALL, name, { ...fault, match, times: FOREVER }),
  );

/** Where API destinations write, and apicall does not. */
const DESTINATION_PATHS = 'Carbon_Estimate__e|Contact/Customer_Id__c/';

const REST_CALLS = { path: `/services/data/(?!.*(${DESTINATION_PATHS}))` };
const RECORDS = { path: `^/sobjects/(?!.*(${DESTINATION_PATHS}))` };
const DESTINATIONS = { path: DESTINATION_PATHS };

/** Records that a fault of records hits, and how far apart: not all of them in one call. */
const HITS = 5;
const RECORDS_APART = 17;

const LOGIN = 'logins at Salesforce';
const APICALL = 'apicall → Salesforce';
const DESTINATION = 'API destinations → Salesforce';

/** A fault of the simulated org, with the hop at which it is played in its name. */
const named = (hop: string, name: string, fault: Omit<Fault, 'name'>): Fault => ({
  ...fault,
  name: `${hop}: ${name}`,
});

function toFaults(name: string, definition: Definition, skip: number): Fault[] {
  const { match } = definition;
  // Logins are few: the first one fails.
  if (match) return [named(LOGIN, name, { ...definition, match, times: 1 })];
  if (definition.scope !== 'record')
    return [named(APICALL, name, { ...definition, match: REST_CALLS, skip, times: 1 })];
  return Array.from({ length: HITS }, (_, hit) =>
    named(APICALL, name, {
      ...definition,
      match: RECORDS,
      skip: 10 * skip + RECORDS_APART * hit,
      times: 1,
    }),
  );
}

/** Each fault a few times, at calls and records that the seed chooses among the first ones. */
export function planSalesforceFaults(seed: number, requests: number): Fault[] {
  const definitions: [string, Definition][] = Object.entries(salesforceFaults);
  const rounds = Math.max(1, Math.round(requests / 400));
  const skips = fc.sample(fc.noBias(fc.nat(Math.round(requests / 20))), {
    seed,
    numRuns: definitions.length * rounds,
  });
  return Array.from({ length: rounds }, () => definitions)
    .flat()
    .flatMap(([name, definition], index) => toFaults(name, definition, skips[index] ?? 0));
}

const unavailable = { ...before, status: 503, errorCode: 'SERVER_UNAVAILABLE' } as const;

/** Outages that last for a number of calls. */
export const outages = {
  unavailable: (times: number): Fault =>
    named(APICALL, '503 outage', { ...unavailable, match: REST_CALLS, times }),
  dailyLimit: (times: number): Fault =>
    named(APICALL, 'daily limit outage', {
      ...salesforceFaults['daily limit'],
      match: REST_CALLS,
      times,
    }),
  destinations: (times: number): Fault =>
    named(DESTINATION, '503 outage', { ...unavailable, match: DESTINATIONS, times }),
  destinationResets: (times: number): Fault =>
    named(DESTINATION, 'reset before', { ...before, reset: true, match: DESTINATIONS, times }),
};

/** Runs work while the org has other settings, a mood for instance, and then gives it back its own. */
export async function withSettings<Result>(
  url: string,
  change: SettingsChange,
  work: () => Promise<Result>,
): Promise<Result> {
  const org = simulatedOrg(url);
  const { apiRequestsUsed: _counted, ...own } = await org.settings();
  await org.changeSettings(change);
  try {
    return await work();
  } finally {
    await org.changeSettings(own);
  }
}
