import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { awsClientConfig } from '#common/aws-client.ts';
import type { Success } from '../outcome/classify.ts';

/** What is known of an effect: nothing until now (`mine`), its outcome, or that somebody is or was at it. */
export type Claim =
  | { readonly state: 'mine' }
  | { readonly state: 'done'; readonly outcome: Success }
  /** Whoever is at it has this long to end. */
  | { readonly state: 'busy'; readonly waitSeconds: number }
  | { readonly state: 'abandoned' }
  | { readonly state: 'reused' };

export interface OnceTable {
  readonly claim: (id: string, payloadHash: string) => Promise<Claim>;
  /** Keeps the outcome for whoever asks again. */
  readonly complete: (id: string, outcome: Success) => Promise<void>;
  /** Forgets the claim: the call certainly had no effect. */
  readonly release: (id: string) => Promise<void>;
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

const DAY_SECONDS = 86_400;

/** DynamoDB items end at 400 KB; a body above this is not kept, and a repeat is answered without it. */
const MAX_OUTCOME_BYTES = 300_000;

type Item = Readonly<Record<string, AttributeValue>>;

function toClaim(item: Item, payloadHash: string, nowMs: number): Claim {
  if (item['payloadHash']?.S !== payloadHash) return { state: 'reused' };
  const outcome = item['outcome']?.S;
  if (outcome !== undefined) return { state: 'done', outcome: JSON.parse(outcome) };
  const leftMs = Number(item['inProgressUntil']?.N) - nowMs;
  return leftMs > 0
    ? { state: 'busy', waitSeconds: Math.ceil(leftMs / 1_000) }
    : { state: 'abandoned' };
}

const toText = (outcome: Success): string => {
  const text = JSON.stringify(outcome);
  if (Buffer.byteLength(text) <= MAX_OUTCOME_BYTES) return text;
  return JSON.stringify({ ...outcome, body: {} });
};

/** The once-only records in DynamoDB: conditional writes decide who makes a call. */
export function onceTable({
  tableName: TableName,
  retentionDays,
  inProgressMs,
  owner,
  client = new DynamoDBClient(awsClientConfig),
  now = Date.now,
}: TableOptions): OnceTable {
  const expiration = (): AttributeValue => ({
    N: String(Math.floor(now() / 1000) + retentionDays * DAY_SECONDS),
  });
  const mine = {
    ConditionExpression: '#owner = :owner',
    ExpressionAttributeNames: { '#owner': 'owner' },
  };

  return {
    claim: async (id, payloadHash) => {
      const inProgressUntil = { N: String(now() + inProgressMs) };
      try {
        await client.send(
          new PutItemCommand({
            TableName,
            Item: {
              id: { S: id },
              payloadHash: { S: payloadHash },
              owner: { S: owner },
              inProgressUntil,
              expiration: expiration(),
            },
            ConditionExpression: 'attribute_not_exists(id)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { state: 'mine' };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || !error.Item) throw error;
        return toClaim(error.Item, payloadHash, now());
      }
    },
    complete: async (id, outcome) => {
      await client.send(
        new UpdateItemCommand({
          TableName,
          Key: { id: { S: id } },
          UpdateExpression: 'SET outcome = :outcome, expiration = :expiration',
          ...mine,
          ExpressionAttributeValues: {
            ':owner': { S: owner },
            ':outcome': { S: toText(outcome) },
            ':expiration': expiration(),
          },
        }),
      );
    },
    release: async (id) => {
      await client.send(
        new DeleteItemCommand({
          TableName,
          Key: { id: { S: id } },
          ...mine,
          ExpressionAttributeValues: { ':owner': { S: owner } },
        }),
      );
    },
  };
}
