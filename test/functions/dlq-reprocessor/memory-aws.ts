import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-eventbridge';
import {
  GetEventSourceMappingCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import type { PutEventsEntry } from '../../../functions/common/events/event-bus.ts';
import { STATE_KEY } from '../../../functions/common/pause.ts';
import { updateState } from '../state-item.ts';
import { call, type Faults } from './faults.ts';

/** An S3 client over a bucket in memory, its keys in order. */
export function memoryS3(stored: Map<string, string>, faults: Faults): S3Client {
  const client = new S3Client({ region: 'us-east-1' });
  const mock = mockClient(client);
  mock
    .on(PutObjectCommand)
    .callsFake(({ Key, Body }) => call(faults, 'store', () => void stored.set(Key, Body)));
  mock.on(GetObjectCommand).callsFake(({ Key }) => {
    const text = call(faults, 'read', () => stored.get(Key) ?? '');
    return { Body: { transformToString: async () => text } };
  });
  mock.on(ListObjectsV2Command).callsFake(({ Prefix, StartAfter = '', MaxKeys }) => {
    const keys = [...stored.keys()].sort();
    const found = keys.filter((key) => key.startsWith(Prefix) && key > StartAfter);
    const Contents = found.slice(0, MaxKeys).map((Key) => ({ Key }));
    return { Contents, IsTruncated: found.length > MaxKeys };
  });
  mock
    .on(DeleteObjectCommand)
    .callsFake(({ Key }) => call(faults, 'delete', () => void stored.delete(Key)));
  return client;
}

/** An EventBridge client over the redrive bus in memory: its rules, and what is put on it. */
export function memoryEventBridge(rules: readonly string[], put: PutEventsEntry[], faults: Faults) {
  const client = new EventBridgeClient({ region: 'us-east-1' });
  const mock = mockClient(client);
  mock.on(DescribeRuleCommand).callsFake(({ Name }) =>
    call(faults, 'rule', () => {
      if (rules.includes(Name)) return { State: 'ENABLED' };
      throw new ResourceNotFoundException({ $metadata: {}, message: 'no such rule' });
    }),
  );
  mock.on(PutEventsCommand).callsFake(({ Entries }) =>
    call(faults, 'put', () => {
      put.push(...Entries);
      return { Entries: Entries.map(() => ({ EventId: randomUUID() })) };
    }),
  );
  return client;
}

type Item = Record<string, AttributeValue>;

/** A table that checks the one condition under which an unknown outcome is resolved. */
export function memoryTable() {
  const items = new Map<string, Item>();
  const client = new DynamoDBClient({ region: 'us-east-1' });
  const check = (id: string, values: Item): void => {
    const item = items.get(id);
    const isDead = Number(item?.['inProgressUntil']?.N) <= Number(values[':now']?.N);
    const isSame = item?.['payloadHash']?.S === values[':hash']?.S;
    if (item === undefined || (isSame && isDead && item['outcome'] === undefined)) return;
    const message = 'The conditional request failed';
    throw new ConditionalCheckFailedException({ $metadata: {}, message, Item: item });
  };
  const mock = mockClient(client);
  mock.on(GetItemCommand).callsFake(({ Key }) => {
    const item = items.get(Key.id.S);
    return item === undefined ? {} : { Item: item };
  });
  mock.on(UpdateItemCommand).callsFake((input) => {
    const { Key, ExpressionAttributeValues: values } = input;
    if (Key.id.S === STATE_KEY.id.S) {
      items.set(Key.id.S, updateState(items.get(Key.id.S), input));
      return {};
    }
    check(Key.id.S, values);
    const written = { outcome: values[':outcome'], payloadHash: values[':hash'] };
    items.set(Key.id.S, { ...items.get(Key.id.S), ...written });
    return {};
  });
  mock.on(DeleteItemCommand).callsFake(({ Key, ExpressionAttributeValues: values }) => {
    check(Key.id.S, values);
    items.delete(Key.id.S);
    return {};
  });
  return { client, items };
}

/** The event source mapping of ApiCallQueue. */
export function memoryPoller() {
  const poller = { state: 'Enabled', updates: 0 };
  const client = new LambdaClient({ region: 'us-east-1' });
  const mock = mockClient(client);
  mock.on(GetEventSourceMappingCommand).callsFake(() => ({ State: poller.state }));
  mock.on(UpdateEventSourceMappingCommand).callsFake(({ Enabled }) => {
    poller.state = Enabled ? 'Enabled' : 'Disabled';
    poller.updates += 1;
    return {};
  });
  return { client, mock, poller };
}
