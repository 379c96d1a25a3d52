import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type CompletedOutcome,
  type EffectIds,
  effectAttributes,
  type IdempotencyItem,
  type IdempotencyState,
  idempotencyRecordKey,
  inProgressRecord,
  outcomeAttribute,
  readRecord,
  recordExpiration,
} from '#common/idempotency-record.ts';

/** `saved`: this invocation may make the call. Otherwise the state of the existing record. */
export type SaveResult = { readonly state: 'saved' } | IdempotencyState;

/** Limits a request to the table, its retries included. */
interface Deadline {
  readonly abortSignal: AbortSignal;
}

interface TableOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly retentionDays: number;
  /** The function's timeout: after this long, an invocation that has not closed its record has died. */
  readonly inProgressMs: number;
  /** Identifies this Lambda process. */
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const text = (S: string) => ({ S });

const byOwner = {
  ConditionExpression: '#owner = :owner',
  ExpressionAttributeNames: { '#owner': 'owner' },
};

/** Idempotency records in DynamoDB. Every write is conditional, so sending it more than once is safe. */
export class IdempotencyTable {
  readonly #options: TableOptions;

  constructor(options: TableOptions) {
    this.#options = options;
  }

  /** Writes an in-progress record, unless the effect has a record. Rejects if the table does not respond. */
  async saveInProgress(effect: EffectIds, call: Deadline): Promise<SaveResult> {
    const { client, tableName, owner, inProgressMs, now } = this.#options;
    const until = String(now() + inProgressMs);
    const command = new PutItemCommand({
      TableName: tableName,
      Item: inProgressRecord({ ...effect, owner, until }, this.#expiration()),
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await client.send(command, call);
      return { state: 'saved' };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException && error.Item)
        return this.#read(error.Item, effect, until);
      await this.#withdraw(effect.effectId, until, call);
      throw error;
    }
  }

  /** The state of an effect's record; `undefined` if it has none. Rejects if the table does not respond. */
  async read(effect: EffectIds, call: Deadline): Promise<IdempotencyState | undefined> {
    const command = new GetItemCommand({ ...this.#record(effect.effectId), ConsistentRead: true });
    const { Item } = await this.#options.client.send(command, call);
    return Item && readRecord(Item, effect, this.#options.now());
  }

  /** Stores the outcome of an effect without a record in progress. */
  async putCompleted(effect: EffectIds, outcome: CompletedOutcome, call: Deadline): Promise<void> {
    const { client, tableName, owner } = this.#options;
    const Item = {
      ...idempotencyRecordKey(effect.effectId),
      ...effectAttributes(effect),
      owner: { S: owner },
      outcome: outcomeAttribute(outcome),
      expiration: this.#expiration(),
    };
    await client.send(new PutItemCommand({ TableName: tableName, Item }), call);
  }

  /** Stores the outcome, which repeats return. */
  async saveCompleted(effectId: string, outcome: CompletedOutcome, call: Deadline): Promise<void> {
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
  async deleteInProgress(effectId: string, call: Deadline): Promise<void> {
    const command = new DeleteItemCommand({
      ...this.#record(effectId),
      ...byOwner,
      // Deleted already if the response to a first attempt was lost.
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

  /** If the record is this very one, the SDK has sent it again because the first response was lost. */
  #read(item: IdempotencyItem, effect: EffectIds, until: string): SaveResult {
    const record = readRecord(item, effect, this.#options.now());
    const isOpen = record.state === 'in-progress' || record.state === 'expired';
    const isOwn = item['owner']?.S === this.#options.owner && item['inProgressUntil']?.N === until;
    return isOpen && isOwn ? { state: 'saved' } : record;
  }

  /** Deletes an in-progress record that may have been written although the response was lost: no call follows it. */
  async #withdraw(effectId: string, until: string, call: Deadline): Promise<void> {
    const command = new DeleteItemCommand({
      ...this.#record(effectId),
      ...byOwner,
      // This record only, not one that the same process wrote before.
      ConditionExpression: '#owner = :owner AND inProgressUntil = :until',
      ExpressionAttributeValues: { ':owner': text(this.#options.owner), ':until': { N: until } },
    });
    try {
      await this.#options.client.send(command, call);
    } catch {
      // The caller gets the first error. A record left behind makes the outcome unknown, but never leads to a second call.
    }
  }
}
