import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type CompletedOutcome,
  type IdempotencyState,
  idempotencyRecordKey,
  outcomeAttribute,
  readRecord,
  recordExpiration,
} from '#common/idempotency-record.ts';
import type { Command } from '../command.ts';
import type { Effect } from '../dead-letter/dead-letter.ts';

/** No record, or what it says; `changed` - it was another a moment ago. */
export type Found = IdempotencyState['state'] | 'none' | 'changed';

/** The once-only records of apicall, as a person settles them. Rejects with DynamoDB's error. */
export interface OnceRecords {
  readonly look: (effect: Effect) => Promise<Found>;
  /** Closes the record with the outcome that a person knows; `done` already, or what forbids it. */
  readonly close: (effect: Effect, outcome: CompletedOutcome) => Promise<Found | 'closed'>;
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
    Key: idempotencyRecordKey(id),
    ConditionExpression: CONDITION,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    ExpressionAttributeValues: { ':hash': { S: payloadHash }, ':now': { N: `${now().getTime()}` } },
  });

  const found = (error: unknown, { payloadHash }: Effect): Found => {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    if (!error.Item) return 'changed';
    const { state } = readRecord(error.Item, payloadHash, now().getTime());
    return state === 'expired' ? 'changed' : state;
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
      const command = new GetItemCommand({ TableName: tableName, Key: idempotencyRecordKey(id) });
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
          ':outcome': outcomeAttribute(outcome),
          ':expiration': recordExpiration(now().getTime(), retentionDays),
        },
      });
      return settled(client.send(command), 'closed', effect);
    },
    forget: (effect) =>
      settled(client.send(new DeleteItemCommand(of(effect))), 'forgotten', effect),
  };
}

/** Why an effect cannot be settled as the person says; `undefined` - it can, or it is. */
export type Objection = string | undefined;

const inTheWay: Readonly<Partial<Record<Found, string>>> = {
  'in-progress': 'an invocation is making the call just now: wait for its outcome',
  'payload-mismatch': 'its key has been used for another payload since',
  changed: 'its record has just changed: try again',
};

/** Closed means made, whoever says so. */
export function objectionTo(found: Found, { applied }: Command): Objection {
  if (found === 'completed' && !applied) {
    return 'its record is closed by now: the change has been made, unpark it as applied';
  }
  return inTheWay[found];
}

/** What Salesforce answers to a create ("sObject Basic Information"), as far as the person knows it. */
const outcomeOf = (recordId: string | undefined): CompletedOutcome => ({
  kind: 'success',
  status: 201,
  body: recordId === undefined ? {} : { id: recordId, success: true, errors: [] },
});

/** Says what would be in the way, without a change. */
export const lookAt =
  (records: OnceRecords) =>
  async (effect: Effect, command: Command): Promise<Objection> =>
    objectionTo(await records.look(effect), command);

/**
 * Settles an effect whose outcome was not known: closed, so that apicall answers without a call, or forgotten, so that
 * it makes the call. Rejects with DynamoDB's error.
 */
export const settleWith =
  (records: OnceRecords) =>
  async (effect: Effect, command: Command): Promise<Objection> => {
    const found = command.applied
      ? await records.close(effect, outcomeOf(command.recordId))
      : await records.forget(effect);
    return found === 'closed' || found === 'forgotten' ? undefined : objectionTo(found, command);
  };
