import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  awsFaults,
  faultRates,
  PUT_EVENTS,
  planAwsFaults,
} from '../../../local/faults/aws-faults.ts';
import { type AwsProxy, startAwsProxy } from '../../../local/faults/aws-proxy.ts';

const SEND = 'AmazonSQS.SendMessageBatch';
let reached: string[] = [];
const engine = createServer((request, response) => {
  reached.push(String(request.headers['x-amz-target']));
  response.end('{}');
});
let proxy: AwsProxy;
beforeAll(async () => {
  engine.listen(0, '127.0.0.1');
  await once(engine, 'listening');
  proxy = await startAwsProxy(`http://127.0.0.1:${Object(engine.address()).port}`);
});
afterEach(() => {
  proxy.heal();
  reached = [];
});
afterAll(async () => {
  await proxy.stop();
  engine.close();
});

const call = (operation: string, body: object = {}) =>
  fetch(proxy.url, {
    method: 'POST',
    headers: { 'x-amz-target': operation },
    body: JSON.stringify(body),
  });

describe('a call through the proxy', () => {
  it('reaches the engine, and is recorded', async () => {
    expect((await call(PUT_EVENTS, { Entries: [] })).status).toBe(200);
    expect(reached).toEqual([PUT_EVENTS]);
    expect(proxy.calls.at(-1)).toEqual({ operation: PUT_EVENTS, body: '{"Entries":[]}' });
  });

  it('is reset before or after the engine has done it', async () => {
    proxy.inject(() => awsFaults.resetBefore, 1);
    await expect(call(SEND)).rejects.toThrow();
    expect(reached).toEqual([]);
    proxy.inject(() => awsFaults.resetAfter, 1);
    await expect(call(SEND)).rejects.toThrow();
    expect(reached).toEqual([SEND]);
  });

  it('gets an injected fault as often as it was asked for, and is counted by operation and fault', async () => {
    const isPut = ({ operation }: { operation: string }) => operation === PUT_EVENTS;
    proxy.inject((one) => (isPut(one) ? awsFaults.internalError : undefined), 2);
    const statuses = [];
    for (const operation of [SEND, PUT_EVENTS, PUT_EVENTS, PUT_EVENTS])
      statuses.push((await call(operation)).status);
    expect(statuses).toEqual([200, 500, 500, 200]);
    expect(proxy.played().get('PutEvents: answered 500')).toBe(2);
  });

  it.each([
    [PUT_EVENTS, { FailedEntryCount: 2 }],
    [SEND, { Successful: [], Failed: [{ Id: 'a' }, { Id: 'b' }] }],
  ])('%s can have all its entries refused', async (operation, answer) => {
    proxy.inject(() => awsFaults.refusedEntries, 1);
    const response = await call(operation, { Entries: [{ Id: 'a' }, { Id: 'b' }] });
    expect(await response.json()).toMatchObject(answer);
    expect(reached).toEqual([]);
  });
});

describe('planned faults', () => {
  const play = (seed: number) => {
    const choose = planAwsFaults(seed, faultRates.apicall);
    return Array.from({ length: 10_000 }, () => choose({ operation: SEND, body: '' })?.name);
  };

  it('follow from the seed', () => {
    expect(play(1)).toEqual(play(1));
    expect(play(1)).not.toEqual(play(2));
  });

  it('hit the share of calls that is given, with every fault of the operation', () => {
    const faults = play(3).filter((name) => name !== undefined);
    expect(faults.length).toBeGreaterThan(450);
    expect(faults.length).toBeLessThan(750);
    expect(new Set(faults).size).toBe(6);
  });

  it('hit no operation that is not named', () => {
    const choose = planAwsFaults(1, faultRates.webhooks);
    const calls = Array.from({ length: 1_000 }, () => choose({ operation: SEND, body: '' }));
    expect(calls.every((fault) => fault === undefined)).toBe(true);
  });
});
