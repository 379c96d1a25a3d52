import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type BreakerReason, type CircuitBreakerPolicy, policyOf } from '#common/failure-policy.ts';
import type { Failure, Outcome } from '../outcome/failure-class.ts';

/** What all containers know: until when no call is made, and how often in a row that has not helped. */
export interface BreakerState {
  readonly reason: BreakerReason;
  readonly openUntil: Date;
  readonly times: number;
}

/** The login was refused, or Salesforce rejected a token right after a login. */
const isLoginRefused = ({ isLogin, status }: Failure): boolean =>
  isLogin === true || status === 401;

/** Whether and how long a failure opens the breaker: then the next call, whatever it is, would fail the same way. */
function openingOf(failure: Failure): CircuitBreakerPolicy | undefined {
  const policy = policyOf(failure.class).circuitBreaker;
  if (policy === 'unaffected' || policy.exceptCodes.includes(failure.errorCode)) return undefined;
  return policy.opensOn === 'every failure' || isLoginRefused(failure) ? policy : undefined;
}

export const tripOf = (outcome: Outcome): BreakerReason | undefined =>
  outcome.kind === 'failure' ? openingOf(outcome)?.reason : undefined;

/** The breaker as a failure opens it, after it has been opened `timesBefore` times in a row. */
function openedBy(failure: Failure, timesBefore: number, now: Date): BreakerState | undefined {
  const policy = openingOf(failure);
  if (policy === undefined) return undefined;
  const seconds = Math.min(policy.longestSeconds, policy.firstSeconds * 2 ** timesBefore);
  const waitSeconds = Math.max(seconds, failure.retryAfterSeconds ?? 0);
  const openUntil = new Date(now.getTime() + waitSeconds * 1_000);
  return { reason: policy.reason, times: timesBefore + 1, openUntil };
}

export const isOpen = (state: BreakerState | undefined, now: Date): state is BreakerState =>
  state !== undefined && state.openUntil > now;

/** The state after calls that ended like this: opened for longer than before, closed, or (`undefined`) as it was. */
export function nextState(
  before: BreakerState | undefined,
  outcomes: readonly Outcome[],
  now: Date,
): BreakerState | 'closed' | undefined {
  const failures = outcomes.filter((outcome) => outcome.kind === 'failure');
  const [opened] = failures.flatMap((failure) => openedBy(failure, before?.times ?? 0, now) ?? []);
  if (opened) return opened;
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
