import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Connection } from 'jsforce/lib/connection.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatedOrg } from '../../local/demo/salesforce.ts';
import { type Simulator, startSimulator } from '../../local/salesforce/server.ts';
import { localClient } from '../../local/stack/aws.ts';
import { makeOrgCredentials } from '../../local/stack/simulator.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { connectJsforce } from '../local/salesforce/jsforce.ts';
import { physicalId, setEnvironment } from './functions.ts';
import {
  observer,
  org,
  output,
  queues,
  REQUEST,
  type Reply,
  sqs,
  stack,
  uniqueId,
} from './harness.ts';

const lambda = new LambdaClient(localClient(stack.endpoint));
const credentials = makeOrgCredentials();

/** A batch of 1,000 requests takes the engine on a busy machine longer than the other tests' timeout. */
const TIMEOUT_SECONDS = 120;

const setVisibilityTimeout = (VisibilityTimeout: string) =>
  sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: output('ApiCallQueueUrl'),
      Attributes: { VisibilityTimeout },
    }),
  );

let restore = async (): Promise<void> => undefined;
beforeAll(async () => {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: output('ApiCallQueueUrl'),
      AttributeNames: ['VisibilityTimeout'],
    }),
  );
  await setVisibilityTimeout(String(TIMEOUT_SECONDS + 10));
  const variables = { API_CALL_TIMEOUT_SECONDS: String(TIMEOUT_SECONDS) };
  const reset = await setEnvironment('SalesforceApiCallFunction', variables, TIMEOUT_SECONDS);
  restore = async () => {
    await reset();
    await setVisibilityTimeout(Attributes['VisibilityTimeout'] ?? '100');
  };
});
afterAll(() => restore());

interface ApiRequest {
  readonly action: 'POST' | 'PATCH' | 'DELETE';
  readonly resource: 'sobjects';
  readonly object: string;
  readonly record?: string;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string;
}

async function apiCalls(): Promise<number> {
  const { total }: { total: number } = Object(
    await (await fetch(`${stack.salesforce.url}/__sim/calls`)).json(),
  );
  return total;
}

/** Enables or disables the event source mapping, and waits until it is. */
async function setMapping(Enabled: boolean): Promise<void> {
  const FunctionName = await physicalId('SalesforceApiCallFunction');
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName }),
  );
  const UUID = EventSourceMappings[0]?.UUID ?? '';
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
  await waitFor(`a mapping that is ${Enabled ? 'on' : 'off'}`, async () => {
    const { State } = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
    return State === (Enabled ? 'Enabled' : 'Disabled') ? true : undefined;
  });
}

/** Runs requests as one batch. @returns the replies by key, and the API calls that the batch took. */
async function runAsOneBatch(requests: readonly ApiRequest[]) {
  await setMapping(false);
  // A request that another file left behind would travel in the same batch.
  await queues.requests.purge();
  const before = await apiCalls();
  await queues.requests.send(requests.map((one) => ({ body: JSON.stringify(one) })));
  await setMapping(true);
  const keys = new Set(requests.map(({ idempotencyKey }) => idempotencyKey));
  const events = await waitFor(
    `${requests.length} replies`,
    async () => {
      const found = await observer.filter(
        (event) =>
          event['detail-type'] === `${REQUEST}.response` &&
          keys.has(String(event.detail['processedid'])),
      );
      return found.length >= requests.length ? found : undefined;
    },
    { timeoutMs: 150_000 },
  );
  const replies = events.map(({ detail }): Reply => Object(detail));
  return {
    calls: (await apiCalls()) - before,
    replies: new Map(replies.map((reply) => [reply.processedid, reply])),
    count: replies.length,
  };
}

const RUN = uniqueId();
/** The field that holds the text of an object's record. */
const TEXT_FIELDS: Readonly<Record<string, string>> = { Contact: 'LastName', Case: 'Subject' };
const textFieldOf = (object: string): string => TEXT_FIELDS[object] ?? 'Name';

const create = (label: string, object: string, index: number): ApiRequest => ({
  action: 'POST',
  resource: 'sobjects',
  object,
  payload: { [textFieldOf(object)]: `${label} ${index}` },
  idempotencyKey: `${label}/create/${object}/${index}`,
});

describe('a batch of 1,000 creates', () => {
  it('takes five API calls, and makes one record and one reply each', async () => {
    const requests = Array.from({ length: 1_000 }, (_, index) => create(RUN, 'Contact', index));
    const { calls, count, replies } = await runAsOneBatch(requests);
    expect(calls).toBeLessThanOrEqual(5);
    expect([count, replies.size]).toEqual([1_000, 1_000]);
    const records = await org.records('Contact');
    const names = new Map(records.map((record) => [record.Id, record['LastName']]));
    for (const [index, { idempotencyKey }] of requests.entries()) {
      const reply = replies.get(idempotencyKey);
      expect(names.get(String(reply?.data['id']))).toBe(`${RUN} ${index}`);
    }
  }, 300_000);
});

/** The records of the comparison with jsforce, apart from those of the first test. */
const MIXED = `${RUN}-mixed`;
const OBJECTS = ['Account', 'Contact', 'Case', 'Widget__c'];
const SEEDS = 125;

type Ids = ReadonlyMap<string, readonly string[]>;

/** 1,000 requests: four objects, each with as many creates, updates, upserts and deletions. */
const mixed = (ids: Ids): ApiRequest[] =>
  Array.from({ length: 1_000 }, (_, index) => {
    const object = OBJECTS[index % 4] ?? '';
    const turn = Math.floor(index / 16);
    const seeds = ids.get(object) ?? [];
    const base = { resource: 'sobjects' as const, object, idempotencyKey: `${MIXED}/${index}` };
    const payload = { [textFieldOf(object)]: `${MIXED} write ${index}` };
    const requests: ApiRequest[] = [
      { ...base, action: 'POST', payload },
      { ...base, action: 'PATCH', record: seeds[turn] ?? '', payload },
      { ...base, action: 'PATCH', record: `Ext__c/${MIXED}-${turn % 40}`, payload },
      { ...base, action: 'DELETE', record: seeds[SEEDS - 1 - turn] ?? '' },
    ];
    return requests[Math.floor(index / 4) % 4] ?? create(MIXED, object, index);
  });

async function runOneByOne(connection: Connection, requests: readonly ApiRequest[]) {
  for (const { action, object, record, payload } of requests) {
    const url = `/sobjects/${object}${record === undefined ? '' : `/${record}`}`;
    const body = payload === undefined ? {} : { body: JSON.stringify(payload) };
    await connection.request({
      method: action,
      url,
      ...body,
      headers: { 'content-type': 'application/json' },
    });
  }
}

const contents = async (url: string): Promise<string[][]> =>
  Promise.all(
    OBJECTS.map(async (object) =>
      (await simulatedOrg(url).records(object))
        .map(({ Name, Subject, Ext__c }) => JSON.stringify([Name, Subject, Ext__c]))
        .filter((record) => record.includes(MIXED))
        .sort(),
    ),
  );

describe('a batch of 1,000 writes to four objects', () => {
  // An org of its own, and stock jsforce, which makes one call per request.
  let peer: Simulator;
  let connection: Connection;
  beforeAll(async () => {
    peer = await startSimulator({ org: credentials });
    connection = await connectJsforce(peer.url, credentials);
  });
  afterAll(() => peer.close());

  it('takes at most 45 API calls, and results in the records that stock jsforce makes one by one', async () => {
    const seeds = OBJECTS.flatMap((object) =>
      Array.from({ length: SEEDS }, (_, index) => create(MIXED, object, index)),
    );
    const seeded = await runAsOneBatch(seeds);
    const idsHere = new Map(
      OBJECTS.map((object) => [
        object,
        Array.from({ length: SEEDS }, (_, index) =>
          String(seeded.replies.get(`${MIXED}/create/${object}/${index}`)?.data['id']),
        ),
      ]),
    );
    for (const object of OBJECTS) {
      const records = seeds.flatMap((seed) => (seed.object === object ? [seed.payload ?? {}] : []));
      await connection.sobject(object).create(records);
    }
    const idsThere = new Map<string, string[]>();
    for (const object of OBJECTS) {
      const records = await simulatedOrg(peer.url).records(object);
      const byName = new Map(records.map((record) => [record[textFieldOf(object)], record.Id]));
      idsThere.set(
        object,
        Array.from({ length: SEEDS }, (_, index) => byName.get(`${MIXED} ${index}`) ?? ''),
      );
    }
    const { calls, count, replies } = await runAsOneBatch(mixed(idsHere));
    await runOneByOne(connection, mixed(idsThere));
    expect(calls).toBeLessThanOrEqual(45);
    expect(count).toBe(1_000);
    expect([...replies.values()].filter(({ category }) => category !== 'success')).toEqual([]);
    expect(await contents(stack.salesforce.url)).toEqual(await contents(peer.url));
  }, 400_000);
});
