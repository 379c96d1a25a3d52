import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { recordExpiration } from '#common/idempotency-record.ts';
import type { BreakerState } from './state.ts';

interface BreakerTableOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const BREAKER = { id: { S: 'breaker' } };

const RETENTION_DAYS = 30;

/** As long as the slowest call, which is well below the function's timeout. */
const PROBE_MS = 30_000;

/** The state that all containers share: one item of the idempotency table, beside idempotency records (digests) and attempts (`attempts/…`). */
export class BreakerTable {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #now: () => number;

  constructor({ client, tableName, now }: BreakerTableOptions) {
    this.#client = client;
    this.#tableName = tableName;
    this.#now = now;
  }

  async read(): Promise<BreakerState | undefined> {
    const command = new GetItemCommand({ TableName: this.#tableName, Key: BREAKER });
    const { Item } = await this.#client.send(command);
    if (Item === undefined) return undefined;
    const { reason, scope, openUntil, times } = Item;
    return {
      reason: reason?.S === 'login' ? 'login' : 'limit',
      scope: scope?.S === 'writes' || scope?.S === 'creates' ? scope.S : 'all',
      openUntil: new Date(Number(openUntil?.N)),
      times: Number(times?.N),
    };
  }

  /**
   * Claims the first call after the breaker was open. @returns false if another process has claimed it less than
   * `PROBE_MS` ago.
   */
  async claimProbe(): Promise<boolean> {
    const command = new UpdateItemCommand({
      TableName: this.#tableName,
      Key: BREAKER,
      UpdateExpression: 'SET probeUntil = :until',
      ConditionExpression: 'attribute_not_exists(probeUntil) OR probeUntil < :now',
      ExpressionAttributeValues: {
        ':now': { N: String(this.#now()) },
        ':until': { N: String(this.#now() + PROBE_MS) },
      },
    });
    try {
      await this.#client.send(command);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async write(state: BreakerState | 'closed'): Promise<void> {
    const TableName = this.#tableName;
    if (state === 'closed') {
      await this.#client.send(new DeleteItemCommand({ TableName, Key: BREAKER }));
      return;
    }
    const Item = {
      ...BREAKER,
      reason: { S: state.reason },
      scope: { S: state.scope },
      openUntil: { N: String(state.openUntil.getTime()) },
      times: { N: String(state.times) },
      expiration: recordExpiration(this.#now(), RETENTION_DAYS),
    };
    await this.#client.send(new PutItemCommand({ TableName, Item }));
  }
}
