import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { STATE_KEY } from '../../../functions/common/pause.ts';
import { updateState } from '../state-item.ts';

type Item = Record<string, AttributeValue>;

interface Write {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues: Item;
}

function fail(item: Item | undefined): never {
  throw new ConditionalCheckFailedException({
    $metadata: {},
    message: 'The conditional request failed',
    ...(item === undefined ? {} : { Item: item }),
  });
}

/** The item before a write, whose condition must hold if it asks for the owner. */
function owned(
  item: Item | undefined,
  { ConditionExpression, ExpressionAttributeValues: values }: Write,
): Item {
  const isOwned = item?.['owner']?.S === values[':owner']?.S;
  const until = values[':until']?.N;
  const isSame = until === undefined || until === item?.['inProgressUntil']?.N;
  const mayBeGone = ConditionExpression?.startsWith('attribute_not_exists(id) OR ');
  const asksOwner = ConditionExpression?.includes('#owner = :owner');
  const holds = (isOwned && isSame) || (mayBeGone && item === undefined);
  return asksOwner && !holds ? fail(item) : { ...item };
}

/** A table that enforces conditions as DynamoDB does, as far as the function uses them. */
export function memoryDynamo() {
  const items = new Map<string, Item>();
  const client = new DynamoDBClient({ region: 'us-east-1' });
  const mock = mockClient(client);
  mock.on(PutItemCommand).callsFake((input) => {
    const { ConditionExpression, ExpressionAttributeValues, Item } = input;
    const id = String(Item.id.S);
    const before = items.get(id);
    const isNew = ConditionExpression === 'attribute_not_exists(id)';
    const isNewOr = ConditionExpression?.endsWith('inProgressUntil = :notMade)');
    const until = before?.['inProgressUntil']?.N;
    const isNotMade =
      before?.['outcome'] === undefined && until === ExpressionAttributeValues?.[':notMade']?.N;
    if (before !== undefined && (isNew || (isNewOr && !isNotMade))) fail(before);
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
    if (input.Key.id.S === STATE_KEY.id.S) {
      items.set(input.Key.id.S, updateState(items.get(input.Key.id.S), input));
      return {};
    }
    const { ':expiration': expiration, ':outcome': outcome } = input.ExpressionAttributeValues;
    items.set(input.Key.id.S, { ...owned(items.get(input.Key.id.S), input), outcome, expiration });
    return {};
  });
  mock.on(DeleteItemCommand).callsFake((input) => {
    if (input.ConditionExpression !== undefined) owned(items.get(input.Key.id.S), input);
    items.delete(input.Key.id.S);
    return {};
  });
  return { client, items, mock };
}
