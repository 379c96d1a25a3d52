import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { idempotencyRecordKey, recordExpiration } from '#common/idempotency-record.ts';
import { sha256 } from '#common/sha256.ts';
import { type ExecutionState, readState, stateText } from './state.ts';

/** A state, and how often its record has been written: 0, never. */
export interface RecordedState {
  readonly state: ExecutionState;
  readonly version: number;
}

/**
 * `saved`: the record holds the state. `conflict`: another invocation has written it meanwhile, and may still be at it.
 * `too-large`: no item can hold it.
 */
export type SaveOutcome = 'saved' | 'conflict' | 'too-large';

/** The execution records. Their functions reject if the table does not respond in time. */
export interface ExecutionRecords {
  /** `undefined`: there is none. */
  readonly read: (recordId: string) => Promise<RecordedState | undefined>;
  /** Writes the record unless its version is no longer `version`. */
  readonly save: (recordId: string, recorded: RecordedState) => Promise<SaveOutcome>;
}

/** The id of the record of an event and a mapping. The event's id stays the same for all retries and redrives. */
export const recordIdOf = (source: string, eventId: string, mapping: string): string =>
  `execution/${sha256(JSON.stringify([source, eventId, mapping]))}`;

interface RecordsOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly retentionDays: number;
  /** Identifies this Lambda process. */
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The options of each request to the table: its deadline. */
  readonly deadline: () => { readonly abortSignal: AbortSignal };
}

/**
 * Execution records in the table of the idempotency records, which have digests for ids: these have `execution/…`. One item for
 * each execution, which is written whole, on the condition that nobody else has.
 */
export function createExecutionRecords(options: RecordsOptions): ExecutionRecords {
  const { client, tableName: TableName, retentionDays, owner, now, deadline } = options;

  /** Whether the SDK has sent the write again because the first response was lost. */
  const isOwn = (error: ConditionalCheckFailedException, version: number): boolean =>
    error.Item?.['owner']?.S === owner && error.Item['version']?.N === String(version);

  return {
    read: async (recordId) => {
      const Key = idempotencyRecordKey(recordId);
      const command = new GetItemCommand({ TableName, Key, ConsistentRead: true });
      const { Item } = await client.send(command, deadline());
      const steps = Item?.['steps']?.S;
      if (steps === undefined) return undefined;
      return { state: readState(steps), version: Number(Item?.['version']?.N) };
    },
    save: async (recordId, { state, version }) => {
      const steps = stateText(state);
      if (steps === undefined) return 'too-large';
      const Item = {
        ...idempotencyRecordKey(recordId),
        owner: { S: owner },
        version: { N: String(version + 1) },
        steps: { S: steps },
        expiration: recordExpiration(now(), retentionDays),
      };
      const command = new PutItemCommand({
        TableName,
        Item,
        ConditionExpression: 'attribute_not_exists(id) OR version = :version',
        ExpressionAttributeValues: { ':version': { N: String(version) } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        await client.send(command, deadline());
        return 'saved';
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return isOwn(error, version + 1) ? 'saved' : 'conflict';
      }
    },
  };
}
