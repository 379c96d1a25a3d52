import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { awsClientConfig } from '#common/aws-client.ts';
import { type OnceItem, type OnceState, readRecord } from '#common/once-record.ts';
import type { Success } from '../outcome/outcome.ts';
import { onceCommands } from './commands.ts';

/** What is known of an effect: nothing until now (`mine`), its outcome, or that somebody is or was at it. */
export type Claim = { readonly state: 'mine' } | OnceState;

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
const isOwn = (item: OnceItem, { owner, until }: Asked): boolean =>
  item['owner']?.S === owner && item['inProgressUntil']?.N === until;

function toClaim(item: OnceItem, payloadHash: string, asked: Asked): Claim {
  const known = readRecord(item, payloadHash, asked.nowMs);
  const isOpen = known.state === 'busy' || known.state === 'abandoned';
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
