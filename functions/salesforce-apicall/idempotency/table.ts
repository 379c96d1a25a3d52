import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { awsClientConfig } from '#common/aws.ts';
import {
  type CompletedOutcome,
  type IdempotencyItem,
  type IdempotencyState,
  idempotencyRecordKey,
  inProgressRecord,
  outcomeAttribute,
  readRecord,
  recordExpiration,
} from '#common/idempotency-record.ts';
import type { Success } from '../outcome/failure-class.ts';

interface CommandOptions {
  readonly tableName: string;
  readonly owner: string;
  readonly retentionDays: number;
  readonly now: () => number;
}

const text = (S: string) => ({ S });

/** The writes of the once-only records, each under the condition that makes it safe to send more than once. */
export function onceCommands({ tableName, owner, retentionDays, now }: CommandOptions) {
  const expiration = () => recordExpiration(now(), retentionDays);
  const keyOf = (id: string) => ({ TableName: tableName, Key: idempotencyRecordKey(id) });
  const ofOwner = {
    ConditionExpression: '#owner = :owner',
    ExpressionAttributeNames: { '#owner': 'owner' },
  };

  return {
    /** @param until end of the time in which a claim counts as being worked on, in milliseconds since 1970. */
    claim: (id: string, payloadHash: string, until: string) =>
      new PutItemCommand({
        TableName: tableName,
        Item: inProgressRecord({ id, payloadHash, owner, until }, expiration()),
        ConditionExpression: 'attribute_not_exists(id)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    /** Takes back this one claim, none that the same process made before. */
    withdraw: (id: string, until: string) =>
      new DeleteItemCommand({
        ...keyOf(id),
        ...ofOwner,
        ConditionExpression: '#owner = :owner AND inProgressUntil = :until',
        ExpressionAttributeValues: { ':owner': text(owner), ':until': { N: until } },
      }),
    complete: (id: string, outcome: CompletedOutcome) =>
      new UpdateItemCommand({
        ...keyOf(id),
        ...ofOwner,
        UpdateExpression: 'SET outcome = :outcome, expiration = :expiration',
        ExpressionAttributeValues: {
          ':owner': text(owner),
          ':outcome': outcomeAttribute(outcome),
          ':expiration': expiration(),
        },
      }),
    release: (id: string) =>
      new DeleteItemCommand({
        ...keyOf(id),
        ...ofOwner,
        // Gone already where the answer to the first of two was lost.
        ConditionExpression: 'attribute_not_exists(id) OR #owner = :owner',
        ExpressionAttributeValues: { ':owner': text(owner) },
      }),
  };
}

/** What is known of an effect: nothing until now (`mine`), its outcome, or that somebody is or was at it. */
export type Claim = { readonly state: 'mine' } | IdempotencyState;

/** Ends a call of the table, its retries included. */
interface CallOptions {
  readonly abortSignal: AbortSignal;
}

export interface OnceTable {
  readonly claim: (id: string, payloadHash: string, options: CallOptions) => Promise<Claim>;
  /** Keeps the outcome for whoever asks again. */
  readonly complete: (id: string, outcome: Success, options: CallOptions) => Promise<void>;
  /** Forgets the claim: the call certainly had no effect. */
  readonly release: (id: string, options: CallOptions) => Promise<void>;
}

interface TableOptions {
  readonly tableName: string;
  readonly retentionDays: number;
  /** After this long, an invocation that has not closed its record is dead. */
  readonly inProgressMs: number;
  readonly owner: string;
  readonly client?: DynamoDBClient;
  readonly now?: () => number;
}

interface Asked {
  readonly nowMs: number;
  readonly owner: string;
  readonly until: string;
}

/** The claim that has just been written, whose answer was lost: the SDK has asked again since. */
const isOwn = (item: IdempotencyItem, { owner, until }: Asked): boolean =>
  item['owner']?.S === owner && item['inProgressUntil']?.N === until;

function toClaim(item: IdempotencyItem, payloadHash: string, asked: Asked): Claim {
  const known = readRecord(item, payloadHash, asked.nowMs);
  const isOpen = known.state === 'in-progress' || known.state === 'expired';
  return isOpen && isOwn(item, asked) ? { state: 'mine' } : known;
}

/** The once-only records in DynamoDB: conditional writes decide who makes a call. */
export function onceTable({
  inProgressMs,
  client = new DynamoDBClient(awsClientConfig),
  now = Date.now,
  ...options
}: TableOptions): OnceTable {
  const commands = onceCommands({ ...options, now });

  /** A claim may have been written although its answer was lost: no call follows it. */
  const withdraw = async (id: string, until: string, call: CallOptions): Promise<void> => {
    try {
      await client.send(commands.withdraw(id, until), call);
    } catch {
      // The claim's own error says what is wrong; a record left open makes a person look, and no call twice.
    }
  };

  return {
    claim: async (id, payloadHash, call) => {
      const until = String(now() + inProgressMs);
      try {
        await client.send(commands.claim(id, payloadHash, until), call);
        return { state: 'mine' };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException && error.Item)
          return toClaim(error.Item, payloadHash, { nowMs: now(), owner: options.owner, until });
        await withdraw(id, until, call);
        throw error;
      }
    },
    complete: async (id, outcome, call) => {
      await client.send(commands.complete(id, outcome), call);
    },
    release: async (id, call) => {
      await client.send(commands.release(id), call);
    },
  };
}
