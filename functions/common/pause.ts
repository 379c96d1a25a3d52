import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { recordExpiration } from './idempotency-record.ts';

/** From `since` until `until`, no call of Salesforce is made, and the poller of ApiCallQueue is off. */
export interface Pause {
  readonly since: Date;
  readonly until: Date;
  /** The operator's words, for other operators. Never logged. */
  readonly reason?: string | undefined;
}

type Item = Readonly<Record<string, AttributeValue>>;

/**
 * The key of apicall's state in the idempotency table: the circuit breaker's and the pause, in one item, so that an invocation
 * reads both at once. The ids of other items are digests (idempotency records) or `attempts/…`.
 */
export const STATE_KEY = { id: { S: 'breaker' } };

const PAUSE = { '#pause': 'pause' };

/** How long the state is kept after the pause. */
const RETENTION_DAYS = 30;

const toAttribute = ({ since, until, reason }: Pause): AttributeValue => ({
  M: {
    since: { N: String(since.getTime()) },
    until: { N: String(until.getTime()) },
    ...(reason === undefined ? {} : { reason: { S: reason } }),
  },
});

/** The pause in the item of apicall's state. It stays there after its end, until the poller is on again. */
export function pauseIn(item: Item | undefined): Pause | undefined {
  const { since, until, reason } = item?.['pause']?.M ?? {};
  if (since?.N === undefined || until?.N === undefined) return undefined;
  return { since: new Date(Number(since.N)), until: new Date(Number(until.N)), reason: reason?.S };
}

export const isInForce = (pause: Pause, now: Date): boolean => pause.until > now;

/**
 * The last moment at which a pause can end: a request that has waited since its beginning is then `marginSeconds` from the end
 * of the queue's retention.
 */
export const latestEnd = (since: Date, retentionSeconds: number, marginSeconds: number): Date =>
  new Date(since.getTime() + (retentionSeconds - marginSeconds) * 1_000);

interface PauseTableOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** The pause of apicall: the idempotency table holds it. All methods reject with DynamoDB's error. */
export class PauseTable {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor({ client, tableName }: PauseTableOptions) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async read(): Promise<Pause | undefined> {
    const command = new GetItemCommand({
      TableName: this.#tableName,
      Key: STATE_KEY,
      ConsistentRead: true,
    });
    const { Item } = await this.#client.send(command);
    return pauseIn(Item);
  }

  /**
   * Writes `next`, or removes the pause.
   *
   * @param before what was read. Rejects with ConditionalCheckFailedException if it has changed since.
   */
  async replace(before: Pause | undefined, next: Pause | undefined): Promise<void> {
    const command = new UpdateItemCommand({
      TableName: this.#tableName,
      Key: STATE_KEY,
      UpdateExpression:
        next === undefined ? 'REMOVE #pause' : 'SET #pause = :next, #expiration = :expiration',
      ConditionExpression:
        before === undefined ? 'attribute_not_exists(#pause)' : '#pause = :before',
      ExpressionAttributeNames:
        next === undefined ? PAUSE : { ...PAUSE, '#expiration': 'expiration' },
      ExpressionAttributeValues: {
        ...(before && { ':before': toAttribute(before) }),
        ...(next && {
          ':next': toAttribute(next),
          ':expiration': recordExpiration(next.until.getTime(), RETENTION_DAYS),
        }),
      },
    });
    await this.#client.send(command);
  }
}
