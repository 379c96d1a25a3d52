import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Failure, Outcome } from '../outcome/failure-class.ts';

/** Why calls are held back: the org's daily limit or maintenance, or credentials that it refuses. */
export type BreakerReason = 'limit' | 'login';

/** What all containers know: until when no call is made, and how often in a row that has not helped. */
export interface BreakerState {
  readonly reason: BreakerReason;
  readonly openUntil: Date;
  readonly times: number;
}

/** Seconds of the first wait and of the longest: each opening in a row doubles it. */
const WAITS = {
  // A daily limit counts the last 24 hours: it frees itself little by little ("API Request Limits and Allocations").
  limit: { firstSeconds: 300, longestSeconds: 3_600 },
  // Salesforce locks users out after several refused logins in a row, for 15 minutes ("Set Password Policies").
  login: { firstSeconds: 60, longestSeconds: 900 },
} as const;

/** Refused credentials, or a token that is refused right after a login. */
const isLogin = ({ class: name, isLogin: isOwn, status }: Failure): boolean =>
  name === 'configuration' && (isOwn === true || status === 401);

/** Limits of some calls alone: the hourly allocation of platform events, records whose territories are changing. */
const ofSomeCalls = new Set(['LIMIT_EXCEEDED', 'TERRITORY_REALIGN_IN_PROGRESS']);

/** Whether an outcome means that the next call, whatever it is, would end the same way. */
export function tripOf(outcome: Outcome): BreakerReason | undefined {
  if (outcome.kind === 'success') return undefined;
  if (isLogin(outcome)) return 'login';
  return outcome.class === 'retry-later' && !ofSomeCalls.has(outcome.errorCode)
    ? 'limit'
    : undefined;
}

export const isOpen = (state: BreakerState | undefined, now: Date): state is BreakerState =>
  state !== undefined && state.openUntil > now;

/** The state after calls that ended like this: opened for longer than before, closed, or (`undefined`) as it was. */
export function nextState(
  before: BreakerState | undefined,
  outcomes: readonly Outcome[],
  now: Date,
): BreakerState | 'closed' | undefined {
  const tripped = outcomes.find((outcome) => tripOf(outcome) !== undefined);
  const reason = tripped && tripOf(tripped);
  if (tripped?.kind === 'failure' && reason) {
    const times = (before?.times ?? 0) + 1;
    const { firstSeconds, longestSeconds } = WAITS[reason];
    const seconds = Math.min(longestSeconds, firstSeconds * 2 ** (times - 1));
    const waitSeconds = Math.max(seconds, tripped.retryAfterSeconds ?? 0);
    return { reason, times, openUntil: new Date(now.getTime() + waitSeconds * 1_000) };
  }
  const hasSucceeded = outcomes.some(({ kind }) => kind === 'success');
  return before && hasSucceeded ? 'closed' : undefined;
}

/** The one breaker of all containers, and each message's attempts. */
export interface SharedState {
  readonly read: () => Promise<BreakerState | undefined>;
  readonly write: (state: BreakerState | 'closed') => Promise<void>;
  /** Counts a failed attempt; answers how many there have been. Waiting for the breaker is none. */
  readonly countAttempt: (messageId: string) => Promise<number>;
}

interface Options {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly now?: () => number;
}

const BREAKER = { id: { S: 'breaker' } };

/** Longer than any message lives: 14 days in each of two queues (SQS Developer Guide, "Message quotas"). */
const RETENTION_SECONDS = 30 * 86_400;

/** In the table of the once-only records, beside them: their ids are digests, these are not. */
export function sharedState({
  client,
  tableName: TableName,
  now = Date.now,
}: Options): SharedState {
  const expiration = () => ({ N: String(Math.floor(now() / 1_000) + RETENTION_SECONDS) });

  return {
    read: async () => {
      const { Item } = await client.send(new GetItemCommand({ TableName, Key: BREAKER }));
      if (Item === undefined) return undefined;
      const { reason, openUntil, times } = Item;
      return {
        reason: reason?.S === 'login' ? 'login' : 'limit',
        openUntil: new Date(Number(openUntil?.N)),
        times: Number(times?.N),
      };
    },
    write: async (state) => {
      if (state === 'closed') {
        await client.send(new DeleteItemCommand({ TableName, Key: BREAKER }));
        return;
      }
      const Item = {
        ...BREAKER,
        reason: { S: state.reason },
        openUntil: { N: String(state.openUntil.getTime()) },
        times: { N: String(state.times) },
        expiration: expiration(),
      };
      await client.send(new PutItemCommand({ TableName, Item }));
    },
    countAttempt: async (messageId) => {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName,
          Key: { id: { S: `attempts/${messageId}` } },
          UpdateExpression: 'ADD attempts :one SET expiration = :expiration',
          ExpressionAttributeValues: { ':one': { N: '1' }, ':expiration': expiration() },
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return Number(Attributes?.['attempts']?.N);
    },
  };
}
