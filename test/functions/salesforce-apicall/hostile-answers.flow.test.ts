import { describe, expect, it } from 'vitest';
import type { ApiResponse, Call } from '../../../functions/salesforce-apicall/salesforce/client.ts';
import { readBody } from '../../../functions/salesforce-apicall/salesforce/transport.ts';
import { createHarness, sqsRecord } from './harness.ts';
import { create, update } from './scene.ts';

const HUGE = '1234567890123456789012345678901234567890';
const JSON_TYPE = 'application/json;charset=UTF-8';

/** Bodies that no page of Salesforce's documentation shows, as they arrive: text, and its type. */
const bodies: readonly [text: string, type?: string][] = [
  [''],
  ['', 'text/html'],
  ['null'],
  ['true'],
  ['0'],
  [HUGE],
  ['"text"'],
  ['[]'],
  ['{}'],
  ['[null,null,null]'],
  ['[[],[],[]]'],
  [`[${HUGE},${HUGE},${HUGE}]`],
  ['[{},{},{}]'],
  ['[{"success":"true","id":"003"},{"success":1},{"success":null}]'],
  [`[{"success":true},{"success":true,"id":null},{"success":true,"id":${HUGE}}]`],
  ['[{"success":true,"errors":null},{"success":true,"errors":{}},{"success":true,"errors":5}]'],
  ['[{"success":true,"id":"003000000000001"}]'],
  ['[{"success":true},{"success":true},{"success":true},{"success":true}]'],
  ['{"compositeResponse":null}'],
  ['{"compositeResponse":{}}'],
  ['{"compositeResponse":[]}'],
  ['{"compositeResponse":[null,5,"text"]}'],
  ['{"compositeResponse":[{"httpStatusCode":201},{"httpStatusCode":201},{"httpStatusCode":201}]}'],
  [
    '{"compositeResponse":[{"referenceId":"request0","httpStatusCode":"201"},{"referenceId":"request0","httpStatusCode":201},{"referenceId":"__proto__","httpStatusCode":201}]}',
  ],
  [
    `{"compositeResponse":[{"referenceId":"request0","httpStatusCode":${HUGE}},{"referenceId":${HUGE},"httpStatusCode":201},{"referenceId":["request1"],"httpStatusCode":201}]}`,
  ],
  ['{"__proto__":{"success":true},"constructor":1}'],
  ['{"id":{},"success":[],"errors":"x"}'],
  [`{"id":${HUGE},"success":true,"errors":[]}`],
  ['{"records":null,"done":1}'],
  [`${'['.repeat(500)}${']'.repeat(500)}`],
  [`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`],
  ['{"id":"003', JSON_TYPE],
  ['<html>maintenance</html>', 'text/html'],
  ['<html>maintenance</html>', JSON_TYPE],
  ['\u0000\u0001', 'application/octet-stream'],
  ['ok', 'text/plain'],
];

/** Errors as no page shows them. */
const errors: readonly string[] = [
  `[{"errorCode":"X","message":${HUGE}}]`,
  `[{"errorCode":${HUGE},"message":"m"}]`,
  `[{"errorCode":"X","message":{"a":${HUGE}},"fields":[${HUGE},null,{}]}]`,
  '[{"errorCode":"__proto__","message":null}]',
  '[{"errorCode":"constructor"}]',
  '[{"errorCode":"toString","fields":5}]',
  '[{"message":"m"}]',
  '{"errorCode":"X"}',
  `[${'{"errorCode":"X","message":"m"},'.repeat(100)}null]`,
];

const results: readonly string[] = errors.map(
  (list) =>
    `[{"success":true,"id":"003000000000001","errors":[]},{"success":false,"errors":${list}},{"success":false}]`,
);

const toAnswer = (status: number, text: string, type = JSON_TYPE): ApiResponse => ({
  status,
  headers: { 'retry-after': 'soon', 'sforce-limit-info': 'api-usage=x/y' },
  ...readBody(text, type),
});

const names = ['a', 'b', 'c'];
const creates = names.map((name) => create(`record ${name}`));
const ofOwnField = (name: string) => ({
  ...create(`record ${name}`),
  payload: { LastName: `record ${name}`, Id: '' },
});

/** Requests that go alone, in a collection, and in a composite call. */
const batches: Readonly<Record<string, readonly object[]>> = {
  'a create': creates.slice(0, 1),
  'creates that share a collection': creates,
  'creates that share a composite call': names.map(ofOwnField),
  'upserts that share a collection': names.map((name) =>
    update(`Ext__c/${name}`, `record ${name}`),
  ),
  'deletions that share a composite call': names.map((name) => ({
    action: 'DELETE',
    resource: 'sobjects',
    object: 'Contact',
    record: `Ext__c/${name}`,
  })),
  'a record that is looked up': [
    { action: 'GET', resource: 'sobjects', object: 'Contact', record: 'Ext__c/a.inc' },
  ],
  'a query': [{ action: 'GET', resource: 'query', query: { q: 'SELECT Id FROM Contact' } }],
};

const isProbe = ({ path }: Call): boolean => path.includes('Organization');

/** A Salesforce that answers all calls as `respond` says at the time. */
function createHostile(requests: readonly object[]) {
  const state = { response: toAnswer(200, ''), round: 0 };
  const calls: Call[] = [];
  const harness = createHarness({
    callSalesforce: async (call) => {
      calls.push(call);
      return isProbe(call) ? toAnswer(200, '{"records":[]}') : state.response;
    },
  });
  const settled = (): number => harness.requeued.length + harness.entries.length;

  /** Delivers new messages; `times`: so often, however they end. @returns how many are settled, or left in the queue. */
  const deliver = async (response: ApiResponse, times = 1): Promise<number> => {
    state.response = response;
    state.round += 1;
    calls.length = 0;
    let left: readonly string[] = [];
    const before = settled();
    for (let receiveCount = 1; receiveCount <= times; receiveCount += 1) {
      // The circuit breaker is not what is tested.
      harness.clock.now += 3_600_000;
      left = await harness.run(
        requests.map((body, index) =>
          sqsRecord(body, { messageId: `m${state.round}-${index}`, receiveCount }),
        ),
      );
    }
    return settled() - before + left.length;
  };
  const timesSent = (name: string): number =>
    calls.filter(({ body, method }) => method === 'POST' && body?.includes(`record ${name}`))
      .length;
  return { ...harness, deliver, timesSent };
}

const asPair = (text: string): [string] => [text];

describe.each(Object.entries(batches))('%s', (_what, requests) => {
  it('is settled once, whatever Salesforce answers', async () => {
    const { deliver } = createHostile(requests);
    for (const status of [200, 400, 503])
      for (const [text, type] of [...bodies, ...[...errors, ...results].map(asPair)])
        expect([status, text.slice(0, 80), await deliver(toAnswer(status, text, type))]).toEqual([
          status,
          text.slice(0, 80),
          requests.length,
        ]);
  });
});

describe('a create whose call has succeeded, whatever the answer tells', () => {
  it.each(Object.entries(batches).slice(0, 3))('is made once: %s', async (_what, requests) => {
    const { deliver, timesSent } = createHostile(requests);
    for (const status of [200, 201])
      for (const [text, type] of [...bodies, ...errors.map(asPair)]) {
        await deliver(toAnswer(status, text, type), 2);
        const sent = names.slice(0, requests.length).map(timesSent);
        expect([text.slice(0, 80), ...sent]).toEqual([text.slice(0, 80), ...requests.map(() => 1)]);
      }
  });

  it('is told as made, though the error of its neighbour has a number that JavaScript has none for', async () => {
    const { deliver, replies, timesSent } = createHostile(creates);
    for (const [index, text] of results.entries()) {
      await deliver(toAnswer(200, text), 2);
      const made = replies().filter(({ category }) => category === 'success');
      // The second delivery is told the same.
      expect(made).toHaveLength(2 * (index + 1));
      expect(timesSent('a')).toBe(1);
    }
  });
});
