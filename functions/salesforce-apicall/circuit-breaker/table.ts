import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { recordExpiration } from '#common/idempotency-record.ts';
import { type Pause, pauseIn, STATE_KEY } from '#common/pause.ts';
import type { BreakerState } from './state.ts';

/** What all containers share. */
export interface ApiCallState {
  /** Absent: the breaker is closed. */
  readonly breaker?: BreakerState | undefined;
  /** Absent, or over: no pause. */
  readonly pause?: Pause | undefined;
}

interface BreakerTableOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const RETENTION_DAYS = 30;

/** As long as the slowest call, which is well below the function's timeout. */
const PROBE_MS = 30_000;

/** The breaker's attributes, some of which have names that expressions reserve. */
const NAMES = {
  '#reason': 'reason',
  '#scope': 'scope',
  '#openUntil': 'openUntil',
  '#times': 'times',
  '#probeUntil': 'probeUntil',
};

function breakerIn({
  reason,
  scope,
  openUntil,
  times,
}: Readonly<Record<string, AttributeValue>>): BreakerState | undefined {
  if (openUntil?.N === undefined) return undefined;
  return {
    reason: reason?.S === 'login' ? 'login' : 'limit',
    scope: scope?.S === 'writes' || scope?.S === 'creates' ? scope.S : 'all',
    openUntil: new Date(Number(openUntil.N)),
    times: Number(times?.N),
  };
}

/** The state of the breaker, in one item of the idempotency table with the pause (common/pause.ts), which it leaves as it is. */
export class BreakerTable {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #now: () => number;

  constructor({ client, tableName, now }: BreakerTableOptions) {
    this.#client = client;
    this.#tableName = tableName;
    this.#now = now;
  }

  async read(): Promise<ApiCallState> {
    const command = new GetItemCommand({ TableName: this.#tableName, Key: STATE_KEY });
    const { Item = {} } = await this.#client.send(command);
    return { breaker: breakerIn(Item), pause: pauseIn(Item) };
  }

  /**
   * Claims the first call after the breaker was open. @returns false if another process has claimed it less than
   * `PROBE_MS` ago.
   */
  async claimProbe(): Promise<boolean> {
    const command = new UpdateItemCommand({
      TableName: this.#tableName,
      Key: STATE_KEY,
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
    const item = { TableName: this.#tableName, Key: STATE_KEY };
    if (state === 'closed') {
      const UpdateExpression = `REMOVE ${Object.keys(NAMES).join(', ')}`;
      const close = { ...item, UpdateExpression, ExpressionAttributeNames: NAMES };
      await this.#client.send(new UpdateItemCommand(close));
      return;
    }
    const open = {
      ...item,
      UpdateExpression:
        'SET #reason = :reason, #scope = :scope, #openUntil = :openUntil, #times = :times, #expiration = :expiration REMOVE #probeUntil',
      ExpressionAttributeNames: { ...NAMES, '#expiration': 'expiration' },
      ExpressionAttributeValues: {
        ':reason': { S: state.reason },
        ':scope': { S: state.scope },
        ':openUntil': { N: String(state.openUntil.getTime()) },
        ':times': { N: String(state.times) },
        ':expiration': recordExpiration(this.#now(), RETENTION_DAYS),
      },
    };
    await this.#client.send(new UpdateItemCommand(open));
  }
}
