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
export interface Deadline {
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

  /** When an in-progress record that is written now expires, in milliseconds since 1970: with the owner, it identifies the record. */
  inProgressUntil(): string {
    return String(this.#options.now() + this.#options.inProgressMs);
  }

  /**
   * Writes an in-progress record, unless the effect has a record. Rejects if the table does not respond: the record may have
   * been written nevertheless.
   *
   * @param notMade a record in progress with this `inProgressUntil` is replaced: its request was not made.
   */
  async saveInProgress(
    effect: EffectIds,
    until: string,
    call: Deadline,
    notMade?: string,
  ): Promise<SaveResult> {
    const { client, tableName, owner } = this.#options;
    const command = new PutItemCommand({
      TableName: tableName,
      Item: inProgressRecord({ ...effect, owner, until }, this.#expiration()),
      ConditionExpression: 'attribute_not_exists(id)',
      ...(notMade !== undefined && {
        ConditionExpression:
          'attribute_not_exists(id) OR (attribute_not_exists(outcome) AND inProgressUntil = :notMade)',
        ExpressionAttributeValues: { ':notMade': { N: notMade } },
      }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await client.send(command, call);
      return { state: 'saved' };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException && error.Item)
        return this.#read(error.Item, effect, until);
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

  /**
   * Deletes an in-progress record: the call had certainly no effect, or there was none. Only this very record, not one that the
   * same process wrote before or after. Resolves if there is none, as when the response to a first attempt was lost.
   */
  async deleteInProgress(effectId: string, until: string, call: Deadline): Promise<void> {
    const command = new DeleteItemCommand({
      ...this.#record(effectId),
      ...byOwner,
      ConditionExpression:
        'attribute_not_exists(id) OR (#owner = :owner AND inProgressUntil = :until)',
      ExpressionAttributeValues: { ':owner': text(this.#options.owner), ':until': { N: until } },
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
}
