import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  type KnownOutcome,
  onceExpiration,
  onceKey,
  onceOutcome,
  openRecord,
} from '#common/once-record.ts';

interface CommandOptions {
  readonly tableName: string;
  readonly owner: string;
  readonly retentionDays: number;
  readonly now: () => number;
}

const text = (S: string) => ({ S });

/** The writes of the once-only records, each under the condition that makes it safe to send more than once. */
export function onceCommands({ tableName, owner, retentionDays, now }: CommandOptions) {
  const expiration = () => onceExpiration(now(), retentionDays);
  const keyOf = (id: string) => ({ TableName: tableName, Key: onceKey(id) });
  const ofOwner = {
    ConditionExpression: '#owner = :owner',
    ExpressionAttributeNames: { '#owner': 'owner' },
  };

  return {
    /** @param until end of the time in which a claim counts as being worked on, in milliseconds since 1970. */
    claim: (id: string, payloadHash: string, until: string) =>
      new PutItemCommand({
        TableName: tableName,
        Item: openRecord({ id, payloadHash, owner, until }, expiration()),
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
    complete: (id: string, outcome: KnownOutcome) =>
      new UpdateItemCommand({
        ...keyOf(id),
        ...ofOwner,
        UpdateExpression: 'SET outcome = :outcome, expiration = :expiration',
        ExpressionAttributeValues: {
          ':owner': text(owner),
          ':outcome': onceOutcome(outcome),
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
