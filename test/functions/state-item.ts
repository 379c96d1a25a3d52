import { isDeepStrictEqual } from 'node:util';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { STATE_KEY } from '../../functions/common/pause.ts';

type Item = Record<string, AttributeValue>;
type Holds = (item: Item, values: Item) => boolean;

const conditions: Readonly<Record<string, Holds>> = {
  '#pause = :before': ({ pause }, values) => isDeepStrictEqual(pause, values[':before']),
  'attribute_not_exists(#pause)': ({ pause }) => pause === undefined,
  'attribute_not_exists(probeUntil) OR probeUntil < :now': ({ probeUntil }, values) =>
    probeUntil === undefined || Number(probeUntil.N) < Number(values[':now']?.N),
};

/** The item of apicall's state after an update, by DynamoDB's rules as far as the functions use them. @throws as DynamoDB. */
export function updateState(before: Item | undefined, input: UpdateItemCommandInput): Item {
  const { ConditionExpression = '', ExpressionAttributeNames: names = {} } = input;
  const { ExpressionAttributeValues: values = {}, UpdateExpression = '' } = input;
  const item: Item = { ...STATE_KEY, ...before };
  const holds = ConditionExpression === '' ? () => true : conditions[ConditionExpression];
  if (holds === undefined) throw new Error(`unknown condition ${ConditionExpression}`);
  if (!holds(item, values)) {
    const message = 'The conditional request failed';
    throw new ConditionalCheckFailedException({ $metadata: {}, message });
  }
  const nameOf = (text: string): string => names[text.trim()] ?? text.trim();
  const [, sets = '', removes = ''] =
    /^(?:SET (.*?))?(?: ?REMOVE (.*))?$/.exec(UpdateExpression) ?? [];
  for (const one of sets.split(',').filter(Boolean)) {
    const [name = '', value = ''] = one.split(' = ');
    const given = values[value.trim()];
    if (given !== undefined) item[nameOf(name)] = given;
  }
  for (const name of removes.split(',').filter(Boolean)) delete item[nameOf(name)];
  return item;
}
