import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { Connection } from 'jsforce';
import jwt from 'jsonwebtoken';
import pMap from 'p-map';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatedOrg } from '../../local/demo/salesforce.ts';
import { type Simulator, startSimulator } from '../../local/salesforce/server.ts';
import { localClient } from '../../local/stack/aws.ts';
import { makeOrgCredentials } from '../../local/stack/simulator.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { physicalId } from './functions.ts';
import { observer, org, output, REQUEST, type Reply, sqs, stack } from './kit.ts';

const lambda = new LambdaClient(localClient(stack.endpoint));
const credentials = makeOrgCredentials();

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

/** Turns the queue's way to the function on or off, and waits until it is. */
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

async function queue(requests: readonly ApiRequest[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(requests.length / 10) }, (_, index) =>
    requests.slice(index * 10, index * 10 + 10),
  );
  await pMap(
    batches,
    (batch) =>
      sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: output('ApiCallQueueUrl'),
          Entries: batch.map((one, index) => ({
            Id: `${index}`,
            MessageBody: JSON.stringify(one),
          })),
        }),
      ),
    { concurrency: 4 },
  );
}

/** Runs requests as one batch; answers the replies by key, and what the batch cost. */
async function runAsOneBatch(requests: readonly ApiRequest[]) {
  const before = await apiCalls();
  await setMapping(false);
  await queue(requests);
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
    { timeoutMs: 50_000 },
  );
  const replies = events.map(({ detail }): Reply => Object(detail));
  return {
    calls: (await apiCalls()) - before,
    replies: new Map(replies.map((reply) => [reply.processedid, reply])),
    count: replies.length,
  };
}

const RUN = Date.now().toString(36);
const create = (object: string, index: number): ApiRequest => ({
  action: 'POST',
  resource: 'sobjects',
  object,
  payload: { Name: `${RUN} ${index}`, LastName: `${RUN} ${index}` },
  idempotencyKey: `${RUN}/create/${object}/${index}`,
});

describe('a batch of 1,000 creates', () => {
  it('is five API calls, one record and one reply each', async () => {
    const requests = Array.from({ length: 1_000 }, (_, index) => create('Contact', index));
    const { calls, count, replies } = await runAsOneBatch(requests);
    expect(calls).toBeLessThanOrEqual(5);
    expect([count, replies.size]).toEqual([1_000, 1_000]);
    const records = await org.records('Contact');
    const names = new Map(records.map((record) => [record.Id, record['LastName']]));
    for (const [index, { idempotencyKey }] of requests.entries()) {
      const reply = replies.get(idempotencyKey);
      expect(names.get(String(reply?.data['id']))).toBe(`${RUN} ${index}`);
    }
  }, 120_000);
});

const OBJECTS = ['Account', 'Contact', 'Case', 'Widget__c'];
const SEEDS = 125;

/** Creates a connection of stock jsforce to an org of its own: the peer that makes one call per request. */
async function connectJsforce(url: string): Promise<Connection> {
  const connection = new Connection({
    oauth2: { loginUrl: url, clientId: credentials.clientId },
    version: '68.0',
  });
  const claims = {
    iss: credentials.clientId,
    sub: credentials.username,
    aud: url,
    exp: Math.floor(Date.now() / 1_000) + 180,
  };
  await connection.authorize({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: jwt.sign(claims, credentials.privateKey, { algorithm: 'RS256' }),
  });
  return connection;
}

type Ids = ReadonlyMap<string, readonly string[]>;

/** 1,000 requests: four objects, each with as many creates, updates, upserts and deletions. */
const mixed = (ids: Ids): ApiRequest[] =>
  Array.from({ length: 1_000 }, (_, index) => {
    const object = OBJECTS[index % 4] ?? '';
    const turn = Math.floor(index / 16);
    const seeds = ids.get(object) ?? [];
    const base = { resource: 'sobjects' as const, object, idempotencyKey: `${RUN}/mixed/${index}` };
    const payload = { Name: `${RUN} mixed ${index}`, LastName: `${RUN} mixed ${index}` };
    const requests: ApiRequest[] = [
      { ...base, action: 'POST', payload },
      { ...base, action: 'PATCH', record: seeds[turn] ?? '', payload },
      { ...base, action: 'PATCH', record: `Ext__c/${RUN}-${turn % 40}`, payload },
      { ...base, action: 'DELETE', record: seeds[SEEDS - 1 - turn] ?? '' },
    ];
    return requests[Math.floor(index / 4) % 4] ?? create(object, index);
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
        .map(({ Name, LastName, Ext__c }) => JSON.stringify([Name, LastName, Ext__c]))
        .filter((record) => record.includes(RUN))
        .sort(),
    ),
  );

describe('a batch of 1,000 writes to four objects', () => {
  let peer: Simulator;
  let connection: Connection;
  beforeAll(async () => {
    peer = await startSimulator({ org: credentials });
    connection = await connectJsforce(peer.url);
  });
  afterAll(() => peer.close());

  it('is at most 45 API calls, and leaves what stock jsforce leaves one by one', async () => {
    await fetch(`${stack.salesforce.url}/__sim/reset`, { method: 'POST' });
    const seeds = OBJECTS.flatMap((object) =>
      Array.from({ length: SEEDS }, (_, index) => ({
        ...create(object, index),
        idempotencyKey: `${RUN}/seed/${object}/${index}`,
      })),
    );
    const seeded = await runAsOneBatch(seeds);
    const idsHere = new Map(
      OBJECTS.map((object) => [
        object,
        Array.from({ length: SEEDS }, (_, index) =>
          String(seeded.replies.get(`${RUN}/seed/${object}/${index}`)?.data['id']),
        ),
      ]),
    );
    await runOneByOne(connection, seeds);
    const idsThere = new Map<string, string[]>();
    for (const object of OBJECTS) {
      const records = await simulatedOrg(peer.url).records(object);
      const byName = new Map(records.map((record) => [record['Name'], record.Id]));
      idsThere.set(
        object,
        Array.from({ length: SEEDS }, (_, index) => byName.get(`${RUN} ${index}`) ?? ''),
      );
    }
    const { calls, count, replies } = await runAsOneBatch(mixed(idsHere));
    await runOneByOne(connection, mixed(idsThere));
    expect(calls).toBeLessThanOrEqual(45);
    expect(count).toBe(1_000);
    expect([...replies.values()].filter(({ category }) => category !== 'success')).toEqual([]);
    expect(await contents(stack.salesforce.url)).toEqual(await contents(peer.url));
  }, 180_000);
});
