import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { abortBefore, type RemainingMs } from '#common/aws.ts';
import { recordExpiration } from '#common/idempotency-record.ts';

interface AttemptCounterOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Counts a failed attempt of a message. Resolves to how many there have been, this one included. */
export type CountAttempt = (attemptsKey: string, remainingMs: RemainingMs) => Promise<number>;

/** Longer than any message is kept: 14 days in each of two queues (SQS Developer Guide, "Message quotas"). */
const RETENTION_DAYS = 30;

/** Left for what follows: without a count, that of receives is used. */
const RESERVE_MS = 2_000;

/**
 * Attempts are counted in the idempotency table, because SQS' receive count also counts deliveries that were put
 * back without a call: circuit breaker open, another invocation in progress, low priority, no time left. Idempotency records have digests for ids, attempts have `attempts/…`.
 */
export const createAttemptCounter =
  ({ client, tableName, now }: AttemptCounterOptions): CountAttempt =>
  async (attemptsKey, remainingMs) => {
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { id: { S: `attempts/${attemptsKey}` } },
        UpdateExpression: 'ADD attempts :one SET expiration = :expiration',
        ExpressionAttributeValues: {
          ':one': { N: '1' },
          ':expiration': recordExpiration(now(), RETENTION_DAYS),
        },
        ReturnValues: 'UPDATED_NEW',
      }),
      abortBefore(remainingMs, RESERVE_MS),
    );
    return Number(Attributes?.['attempts']?.N);
  };
