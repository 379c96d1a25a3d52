import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type KnownOutcome,
  type OnceState,
  onceExpiration,
  onceKey,
  onceOutcome,
  readRecord,
} from '#common/once-record.ts';
import type { Effect } from '../envelope/own-attributes.ts';

/** No record, or what it says; `changed` - it was another a moment ago. */
export type Found = OnceState['state'] | 'none' | 'changed';

/** The once-only records of apicall, as a person settles them. Rejects with DynamoDB's error. */
export interface OnceRecords {
  readonly look: (effect: Effect) => Promise<Found>;
  /** Closes the record with the outcome that a person knows; `done` already, or what forbids it. */
  readonly close: (effect: Effect, outcome: KnownOutcome) => Promise<Found | 'closed'>;
  /** Forgets the effect, so that it may be made; `forgotten`, or what forbids it. */
  readonly forget: (effect: Effect) => Promise<Found | 'forgotten'>;
}

interface Options {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly retentionDays: number;
  readonly now: () => Date;
}

/** No record, or one of a dead invocation for this payload: never one that is closed or being worked on. */
const CONDITION =
  'attribute_not_exists(id) OR (payloadHash = :hash AND attribute_not_exists(outcome) AND inProgressUntil <= :now)';

export function onceRecords({ client, tableName, retentionDays, now }: Options): OnceRecords {
  const of = ({ id, payloadHash }: Effect) => ({
    TableName: tableName,
    Key: onceKey(id),
    ConditionExpression: CONDITION,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    ExpressionAttributeValues: { ':hash': { S: payloadHash }, ':now': { N: `${now().getTime()}` } },
  });

  const found = (error: unknown, { payloadHash }: Effect): Found => {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    if (!error.Item) return 'changed';
    const { state } = readRecord(error.Item, payloadHash, now().getTime());
    return state === 'abandoned' ? 'changed' : state;
  };

  const settled = async <Done>(write: Promise<unknown>, done: Done, effect: Effect) => {
    try {
      await write;
      return done;
    } catch (error) {
      return found(error, effect);
    }
  };

  return {
    look: async ({ id, payloadHash }) => {
      const command = new GetItemCommand({ TableName: tableName, Key: onceKey(id) });
      const { Item } = await client.send(command);
      return Item === undefined ? 'none' : readRecord(Item, payloadHash, now().getTime()).state;
    },
    close: async (effect, outcome) => {
      const { ExpressionAttributeValues, ...condition } = of(effect);
      const command = new UpdateItemCommand({
        ...condition,
        UpdateExpression: 'SET outcome = :outcome, payloadHash = :hash, expiration = :expiration',
        ExpressionAttributeValues: {
          ...ExpressionAttributeValues,
          ':outcome': onceOutcome(outcome),
          ':expiration': onceExpiration(now().getTime(), retentionDays),
        },
      });
      return settled(client.send(command), 'closed', effect);
    },
    forget: (effect) =>
      settled(client.send(new DeleteItemCommand(of(effect))), 'forgotten', effect),
  };
}
