import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type CompletedOutcome,
  type EffectIds,
  type IdempotencyItem,
  type IdempotencyState,
  idempotencyRecordKey,
  inProgressRecord,
  outcomeAttribute,
  readRecord,
  recordExpiration,
} from '#common/idempotency-record.ts';

/** The effect is this invocation's to make, or what its record says. */
export type ClaimResult = { readonly state: 'claimed' } | IdempotencyState;

/** Ends a request to the table, its retries included. */
interface CallOptions {
  readonly abortSignal: AbortSignal;
}

interface TableOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly retentionDays: number;
  /** After this long, an invocation that has not closed its record is dead. */
  readonly inProgressMs: number;
  /** Names this process. */
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const text = (S: string) => ({ S });

const byOwner = {
  ConditionExpression: '#owner = :owner',
  ExpressionAttributeNames: { '#owner': 'owner' },
};

/** Idempotency records in DynamoDB. Every write has the condition that makes it safe to send more than once. */
export class IdempotencyTable {
  readonly #options: TableOptions;

  constructor(options: TableOptions) {
    this.#options = options;
  }

  /** Writes an in-progress record, unless there is a record of the effect. Rejects if the table does not answer. */
  async claim({ effectId, payloadHash }: EffectIds, call: CallOptions): Promise<ClaimResult> {
    const { client, tableName, owner, inProgressMs, now } = this.#options;
    const until = String(now() + inProgressMs);
    const command = new PutItemCommand({
      TableName: tableName,
      Item: inProgressRecord({ effectId, payloadHash, owner, until }, this.#expiration()),
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await client.send(command, call);
      return { state: 'claimed' };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException && error.Item)
        return this.#read(error.Item, payloadHash, until);
      await this.#withdraw(effectId, until, call);
      throw error;
    }
  }

  /** Stores the outcome: repeats are answered with it. */
  async complete(effectId: string, outcome: CompletedOutcome, call: CallOptions): Promise<void> {
    const command = new UpdateItemCommand({
      ...this.#record(effectId),
      ...byOwner,
      UpdateExpression: 'SET outcome = :outcome, expiration = :expiration',
      ExpressionAttributeValues: {
        ':owner': text(this.#options.owner),
        ':outcome': outcomeAttribute(outcome),
        ':expiration': this.#expiration(),
      },
    });
    await this.#options.client.send(command, call);
  }

  /** Deletes the in-progress record: the call certainly had no effect. */
  async release(effectId: string, call: CallOptions): Promise<void> {
    const command = new DeleteItemCommand({
      ...this.#record(effectId),
      ...byOwner,
      // Gone already if the answer to a first deletion was lost.
      ConditionExpression: 'attribute_not_exists(id) OR #owner = :owner',
      ExpressionAttributeValues: { ':owner': text(this.#options.owner) },
    });
    await this.#options.client.send(command, call);
  }

  #expiration() {
    return recordExpiration(this.#options.now(), this.#options.retentionDays);
  }

  #record(effectId: string) {
    return { TableName: this.#options.tableName, Key: idempotencyRecordKey(effectId) };
  }

  /** A record of this very claim means that the SDK sent it again after the first answer was lost. */
  #read(item: IdempotencyItem, payloadHash: string, until: string): ClaimResult {
    const record = readRecord(item, payloadHash, this.#options.now());
    const isOpen = record.state === 'in-progress' || record.state === 'expired';
    const isOwn = item['owner']?.S === this.#options.owner && item['inProgressUntil']?.N === until;
    return isOpen && isOwn ? { state: 'claimed' } : record;
  }

  /** Takes back a claim that may have been written although its answer was lost: no call will follow it. */
  async #withdraw(effectId: string, until: string, call: CallOptions): Promise<void> {
    const command = new DeleteItemCommand({
      ...this.#record(effectId),
      ...byOwner,
      // This claim only, not one that the same process made before.
      ConditionExpression: '#owner = :owner AND inProgressUntil = :until',
      ExpressionAttributeValues: { ':owner': text(this.#options.owner), ':until': { N: until } },
    });
    try {
      await this.#options.client.send(command, call);
    } catch {
      // The claim's own error says what is wrong. A record left behind makes the outcome unknown, never a second call.
    }
  }
}
