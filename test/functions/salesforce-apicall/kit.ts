import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { createSizes, type Sizes } from '../../../functions/salesforce-apicall/coalesce/plan.ts';
import { createRun } from '../../../functions/salesforce-apicall/execute.ts';
import type { Guard } from '../../../functions/salesforce-apicall/idempotency/guard.ts';
import { createPerform } from '../../../functions/salesforce-apicall/process.ts';
import type { AllowLists } from '../../../functions/salesforce-apicall/request/allow-lists.ts';
import type { ApiCallRequest } from '../../../functions/salesforce-apicall/request/schema.ts';
import type { EventIdFields } from '../../../functions/salesforce-apicall/resolve.ts';
import type { HeldBack, Performed } from '../../../functions/salesforce-apicall/result.ts';
import type { Caller } from '../../../functions/salesforce-apicall/salesforce/client.ts';

type Item = Record<string, AttributeValue>;

interface Write {
  readonly Key: Item;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues: Item;
}

/** A table that holds conditions as DynamoDB does, as far as the once-only records use them. */
export function memoryDynamo() {
  const items = new Map<string, Item>();
  const client = new DynamoDBClient({ region: 'us-east-1' });
  const refuse = (item: Item | undefined): never => {
    throw new ConditionalCheckFailedException({
      $metadata: {},
      message: 'The conditional request failed',
      ...(item === undefined ? {} : { Item: item }),
    });
  };
  const owned = ({ ConditionExpression, ExpressionAttributeValues: values, Key }: Write): Item => {
    const item = items.get(String(Key['id']?.S));
    const isOwned = item?.['owner']?.S === values[':owner']?.S;
    const until = values[':until']?.N;
    const isSame = until === undefined || until === item?.['inProgressUntil']?.N;
    const mayBeGone = ConditionExpression?.startsWith('attribute_not_exists(id) OR ');
    const asksOwner = ConditionExpression?.includes('#owner = :owner');
    const holds = (isOwned && isSame) || (mayBeGone && item === undefined);
    return asksOwner && !holds ? refuse(item) : { ...item };
  };
  const mock = mockClient(client);
  mock.on(PutItemCommand).callsFake(({ ConditionExpression, Item }) => {
    const id = String(Item.id.S);
    const isNew = ConditionExpression === 'attribute_not_exists(id)';
    if (isNew && items.has(id)) refuse(items.get(id));
    items.set(id, Item);
    return {};
  });
  mock.on(GetItemCommand).callsFake(({ Key }) => {
    const item = items.get(Key.id.S);
    return item === undefined ? {} : { Item: item };
  });
  mock.on(UpdateItemCommand).callsFake((input) => {
    if (input.UpdateExpression.startsWith('ADD')) {
      const before = Number(items.get(input.Key.id.S)?.['attempts']?.N ?? 0);
      const attempts = { N: String(before + 1) };
      items.set(input.Key.id.S, { ...input.Key, attempts });
      return { Attributes: { attempts } };
    }
    const { ':expiration': expiration, ':outcome': outcome } = input.ExpressionAttributeValues;
    items.set(input.Key.id.S, { ...owned(input), outcome, expiration });
    return {};
  });
  mock.on(DeleteItemCommand).callsFake((input) => {
    if (input.ConditionExpression !== undefined) owned(input);
    items.delete(input.Key.id.S);
    return {};
  });
  return { client, items, mock };
}

const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:api-call';

interface Message {
  readonly messageId?: string;
  readonly receiveCount?: number;
  readonly sentAt?: number;
  readonly messageAttributes?: SQSRecord['messageAttributes'];
}

/** A message as the event source mapping hands it over. */
export function sqsRecord(
  body: unknown,
  {
    messageId = 'message-1',
    receiveCount = 1,
    sentAt = 1_000,
    messageAttributes = {},
  }: Message = {},
): SQSRecord {
  return {
    messageId,
    receiptHandle: `receipt-${messageId}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentAt),
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: String(sentAt),
    },
    messageAttributes,
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: QUEUE_ARN,
    awsRegion: 'us-east-1',
  };
}

interface PerformOptions {
  readonly call: Caller;
  readonly guard?: Guard;
  readonly allowed?: AllowLists;
  readonly eventIdFields?: EventIdFields;
  readonly sizes?: Sizes;
  readonly callTimeoutMs?: number;
  readonly holdBack?: (request: ApiCallRequest) => number | undefined;
}

const everything = { resources: undefined, objects: undefined, actions: undefined };

/** The way from arrivals to API calls, around a caller. */
export const performAround = ({
  call,
  guard = async () => ({ close: async () => undefined }),
  allowed = everything,
  eventIdFields = new Map(),
  sizes = createSizes(200),
  callTimeoutMs = 1_000,
  holdBack = () => undefined,
}: PerformOptions) =>
  createPerform({
    run: createRun({ call, sizes, apiVersion: 'v68.0', callTimeoutMs, onAnswer: () => undefined }),
    guard,
    rules: { allowed, eventIdFields },
    holdBack,
  });

export const isPerformed = (result: Performed | HeldBack | undefined): result is Performed =>
  result !== undefined && 'outcome' in result;
