import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import { toError } from '#common/errors.ts';
import {
  type CompletedOutcome,
  type IdempotencyState,
  idempotencyRecordKey,
  outcomeAttribute,
  readRecord,
  recordExpiration,
} from '#common/idempotency-record.ts';
import type { UnknownEffect } from '../dead-letter/message.ts';
import type { Evaluated } from '../evaluate.ts';
import type { Invocation } from '../invocation.ts';
import { refuseBecause } from '../policy.ts';

type Resolving = Pick<Invocation, 'clients' | 'command' | 'config' | 'now'>;

/** The state of an idempotency record. `none`: there is no record; `changed`: it changed between write and read. */
type RecordState = IdempotencyState['state'] | 'none' | 'changed';

/** Writes only if there is no record, or an expired in-progress one with this payload: never a completed one. */
const CONDITION =
  'attribute_not_exists(id) OR (payloadHash = :hash AND attribute_not_exists(outcome) AND inProgressUntil <= :now)';

async function findRecord(
  { id, payloadHash }: UnknownEffect,
  { clients, config, now }: Resolving,
): Promise<RecordState> {
  const Key = idempotencyRecordKey(id);
  const command = new GetItemCommand({ TableName: config.tableName, Key });
  const { Item } = await clients.dynamoDb.send(command);
  return Item === undefined ? 'none' : readRecord(Item, { payloadHash }, now().getTime()).state;
}

/** Salesforce's response to a create ("sObject Basic Information"), with the id that the operator passed. */
const outcomeOf = (recordId: string | undefined): CompletedOutcome => ({
  kind: 'success',
  status: 201,
  body: recordId === undefined ? {} : { id: recordId, success: true, errors: [] },
});

/** Completes the record (`applied`) or deletes it (`notApplied`). Rejects with DynamoDB's error. */
async function writeRecord(
  { id, payloadHash }: UnknownEffect,
  { clients, command, config, now }: Resolving,
): Promise<void> {
  const nowMs = now().getTime();
  const condition = {
    TableName: config.tableName,
    Key: idempotencyRecordKey(id),
    ConditionExpression: CONDITION,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
  const values = { ':hash': { S: payloadHash }, ':now': { N: `${nowMs}` } };
  if (!command.applied) {
    const remove = { ...condition, ExpressionAttributeValues: values };
    await clients.dynamoDb.send(new DeleteItemCommand(remove));
    return;
  }
  const complete = {
    ...condition,
    UpdateExpression: 'SET outcome = :outcome, payloadHash = :hash, expiration = :expiration',
    ExpressionAttributeValues: {
      ...values,
      ':outcome': outcomeAttribute(outcomeOf(command.recordId)),
      ':expiration': recordExpiration(nowMs, config.retentionDays),
    },
  };
  await clients.dynamoDb.send(new UpdateItemCommand(complete));
}

/** The state because of which a write failed its condition. @throws any other error. */
function failedState(error: unknown, { payloadHash }: UnknownEffect, now: Date): RecordState {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
  if (!error.Item) return 'changed';
  const { state } = readRecord(error.Item, { payloadHash }, now.getTime());
  return state === 'expired' ? 'changed' : state;
}

const objections: Readonly<Partial<Record<RecordState, string>>> = {
  'in-progress': 'an invocation is making the call right now: wait for its outcome',
  'payload-mismatch': 'its key has been used for another payload since',
  changed: 'its record has just changed: try again',
};

/** Why an operator's answer does not apply. A completed record means that Salesforce made the change. */
function objectionTo(state: RecordState, applied: boolean): string | undefined {
  if (state === 'completed' && !applied) {
    return 'its record is completed by now: the change has been made, unpark it as applied';
  }
  return objections[state];
}

/** Resolves an effect, or in a dry run only checks it. @returns why it cannot be resolved; `undefined` if it can. */
async function resolve(effect: UnknownEffect, resolving: Resolving): Promise<string | undefined> {
  const { applied, dryRun } = resolving.command;
  if (dryRun) return objectionTo(await findRecord(effect, resolving), applied);
  try {
    await writeRecord(effect, resolving);
    return undefined;
  } catch (error) {
    return objectionTo(failedState(error, effect, resolving.now()), applied);
  }
}

async function resolveOne(evaluated: Evaluated, resolving: Resolving): Promise<Evaluated> {
  const { effect, route, ...others } = evaluated;
  if (evaluated.decision.kind !== 'redrive' || !effect) return evaluated;
  try {
    const objection = await resolve(effect, resolving);
    return objection === undefined ? evaluated : { ...others, decision: refuseBecause(objection) };
  } catch (error) {
    return { ...others, error: { errorCode: toError(error).name } };
  }
}

const CONCURRENCY = 10;

/**
 * Resolves unknown outcomes before their messages are redriven: apicall then replies without a call (`applied`) or makes
 * the call (`notApplied`). Other messages are returned unchanged. A dry run only reads the records. Never rejects.
 *
 * @returns the messages; one whose outcome cannot be resolved has a refusal or DynamoDB's error.
 */
export const resolveUnknownOutcomes = (
  evaluated: readonly Evaluated[],
  resolving: Resolving,
): Promise<Evaluated[]> =>
  pMap(evaluated, (one) => resolveOne(one, resolving), { concurrency: CONCURRENCY });
