import fc from 'fast-check';
import type { Fault as SalesforceFault } from '../demo/salesforce.ts';
import type { ApiCall, Fault } from './fault-proxy.ts';

type Played = Omit<SalesforceFault, 'match' | 'times'> & Partial<Pick<SalesforceFault, 'match'>>;

const before = { after: 'before' } as const;
const commit = { after: 'commit' } as const;

const locked = {
  ...before,
  status: 400,
  errorCode: 'UNABLE_TO_LOCK_ROW',
  message: 'unable to obtain exclusive access to this record or 1 records',
};

/** The code of the records that fail for good: whatever is parked for another reason of its data is a mistake. */
export const PERMANENT_CODE = 'FIELD_CUSTOM_VALIDATION_EXCEPTION';

/** What Salesforce and the gateways before it do to calls and records, by name. */
const salesforceFaults: Readonly<Record<string, Played>> = {
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
  'unavailable, come back': { ...before, headers: { 'retry-after': '1' } },
  maintenance: { ...before, html: true },
  'moved org': { ...before, status: 420, html: '' },
  'lock of a record': { ...locked, scope: 'record' },
  'lock of a call': locked,
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
  'a record that is refused': {
    ...before,
    scope: 'record',
    status: 400,
    errorCode: PERMANENT_CODE,
    message: 'The amount must not be negative',
  },
  'unknown exception': { ...before, status: 500, errorCode: 'UNKNOWN_EXCEPTION' },
  'bad gateway after commit': { ...commit, status: 502, html: '<html>Bad Gateway</html>' },
  'JSON that breaks off': { ...commit, truncate: 'body' },
  'an answer that breaks off': { ...commit, truncate: 'stream' },
  'slow, in time': { ...commit, pass: true, delayMs: 1_200 },
  'too slow, before': { ...before, pass: true, delayMs: 2_500 },
  'too slow, after commit': { ...commit, pass: true, delayMs: 6_000 },
  'no token': { ...before, status: 503, match: { path: '/oauth2/token' } },
};

const DATA = { path: '/services/data/' };
const RECORD = { path: '^/sobjects/' };

/** How many records a fault of records hits, so far apart that they are not all in one call. */
const RECORDS = 5;
const RECORDS_APART = 17;

interface Planned {
  readonly name: string;
  readonly fault: SalesforceFault;
}

/** Each fault a few times, at calls or records that the seed chooses among the first ones. */
export function planSalesforce(seed: number, requests: number): Planned[] {
  const names = Object.keys(salesforceFaults);
  const rounds = Math.max(1, Math.round(requests / 400));
  const skips = fc.sample(fc.noBias(fc.nat(Math.round(requests / 20))), {
    seed,
    numRuns: names.length * rounds,
  });
  return skips.flatMap((skip, index): Planned[] => {
    const name = names[index % names.length] ?? '';
    const fault = salesforceFaults[name];
    if (fault === undefined) return [];
    // Logins are few.
    if (fault.match) return [{ name, fault: { ...fault, match: fault.match, times: 1 } }];
    if (fault.scope !== 'record')
      return [{ name, fault: { ...fault, match: DATA, skip, times: 1 } }];
    const records = Array.from({ length: RECORDS }, (_, at) => 10 * skip + RECORDS_APART * at);
    return records.map((at) => ({ name, fault: { ...fault, match: RECORD, skip: at, times: 1 } }));
  });
}

const FAILING =
  /^(DynamoDB_\d+\.(Get|Put|Update|Delete)Item|AmazonSQS\.(SendMessage|ChangeMessageVisibility)(Batch)?|AWSEvents\.PutEvents)$/;

const awsFaults: readonly Fault[] = [
  { kind: 'reset-before' },
  { kind: 'reset-after' },
  { kind: 'answer', status: 503, body: { __type: 'ServiceUnavailable' } },
  { kind: 'answer', status: 500, body: { __type: 'InternalServerError' } },
];

/** SQS' answer to a batch of which it took nothing. */
const nothingTaken: Fault = { kind: 'answer', status: 200, body: { Successful: [], Failed: [] } };

/** Of a thousand calls of DynamoDB, SQS and EventBridge, how many fail, and how many hang. */
const FAULTS_PER_MILLE = 60;
const HANGS_PER_MILLE = 2;

/**
 * What happens to the nth call of an AWS service, as the seed says.
 *
 * @param failing the operations that fail; by default those that `apicall` writes with.
 */
export function planAws(seed: number, failing = FAILING): (call: ApiCall) => Fault | undefined {
  const dice = fc.sample(fc.noBias(fc.tuple(fc.nat(999), fc.nat(awsFaults.length - 1))), {
    seed,
    numRuns: 4_001,
  });
  let thrown = 0;
  return ({ operation }) => {
    if (!failing.test(operation)) return undefined;
    const [value, which] = dice[thrown % dice.length] ?? [1_000, 0];
    thrown += 1;
    if (value < HANGS_PER_MILLE) return { kind: 'hang' };
    if (value % 2 === 1 && operation.endsWith('Batch') && value < FAULTS_PER_MILLE)
      return nothingTaken;
    return value < FAULTS_PER_MILLE ? awsFaults[which] : undefined;
  };
}
