import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { BreakerState } from './breaker.ts';

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
