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

/** The state of an idempotency record: `none`: there is no record, `changed`: it was another a moment ago. */
type RecordState = IdempotencyState['state'] | 'none' | 'changed';

/** No record, or one of a dead invocation for this payload: never one that is completed or in progress. */
const CONDITION =
  'attribute_not_exists(id) OR (payloadHash = :hash AND attribute_not_exists(outcome) AND inProgressUntil <= :now)';

async function findRecord(
  { id, payloadHash }: UnknownEffect,
  { clients, config, now }: Resolving,
): Promise<RecordState> {
  const Key = idempotencyRecordKey(id);
  const command = new GetItemCommand({ TableName: config.tableName, Key });
  const { Item } = await clients.dynamoDb.send(command);
  return Item === undefined ? 'none' : readRecord(Item, payloadHash, now().getTime()).state;
}

/** What Salesforce returns for a create ("sObject Basic Information"), as far as the operator knows it. */
const outcomeOf = (recordId: string | undefined): CompletedOutcome => ({
  kind: 'success',
  status: 201,
  body: recordId === undefined ? {} : { id: recordId, success: true, errors: [] },
});

/** As applied, the record is completed; as notApplied, it is deleted. Rejects with DynamoDB's error. */
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

/** The state that failed the condition of a write; throws errors of other kinds. */
function failedState(error: unknown, { payloadHash }: UnknownEffect, now: Date): RecordState {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
  if (!error.Item) return 'changed';
  const { state } = readRecord(error.Item, payloadHash, now.getTime());
  return state === 'expired' ? 'changed' : state;
}

const objections: Readonly<Partial<Record<RecordState, string>>> = {
  'in-progress': 'an invocation is making the call right now: wait for its outcome',
  'payload-mismatch': 'its key has been used for another payload since',
  changed: 'its record has just changed: try again',
};

/** A completed record means that the change was made, whatever the operator says. */
function objectionTo(state: RecordState, applied: boolean): string | undefined {
  if (state === 'completed' && !applied) {
    return 'its record is completed by now: the change has been made, unpark it as applied';
  }
  return objections[state];
}

/** Why an effect cannot be resolved as the operator says; `undefined`: it is, or for a dry run, it can be. */
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
 * Resolves the effects of unparked messages whose outcome was unknown, so that apicall returns the outcome without a
 * call (`applied`) or makes the call (`notApplied`). A dry run reads the records only. Never rejects.
 */
export const resolveUnknownOutcomes = (
  evaluated: readonly Evaluated[],
  resolving: Resolving,
): Promise<Evaluated[]> =>
  pMap(evaluated, (one) => resolveOne(one, resolving), { concurrency: CONCURRENCY });
