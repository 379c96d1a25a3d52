import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../local/demo/queues.ts';
import { type InterceptedApiCall, interceptApiCall } from '../../local/faults/apicall.ts';
import { type AwsCall, awsFaults } from '../../local/faults/aws-faults.ts';
import { killProcesses } from '../../local/faults/functions.ts';
import { salesforceFaults } from '../../local/faults/salesforce-faults.ts';
import { parkedObjects } from '../../local/stack/objects.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { org, output, queues, replyTo, reprocess, stack, uniqueId } from './harness.ts';

let apicall: InterceptedApiCall;
beforeAll(async () => {
  apicall = await interceptApiCall(stack, {
    maxAttempts: 10,
    recordsPerCall: 200,
    eventIdFields: 'Case:EventId__c',
    timeoutSeconds: 15,
  });
});
afterEach(() => apicall.proxy.heal());
afterAll(() => apicall.restore());

const isCompletion = ({ operation, body }: AwsCall): boolean =>
  operation.endsWith('.UpdateItem') && body.includes('outcome');
const isDeferral = ({ operation }: AwsCall): boolean =>
  operation === 'AmazonSQS.ChangeMessageVisibilityBatch';
const isClaim = ({ operation, body }: AwsCall): boolean =>
  operation.endsWith('.PutItem') && body.includes('inProgressUntil');

const hang = (matches: (call: AwsCall) => boolean): void =>
  apicall.proxy.inject((call) => (matches(call) ? awsFaults.hang : undefined));

/** Creates of Leads with keys of their own, and where they end. */
function creates(count: number) {
  const run = uniqueId();
  const from = apicall.proxy.calls.length;
  const keys = Array.from({ length: count }, (_, index) => `${run}-${index}`);
  const bodies = keys.map((key) => ({
    action: 'POST',
    resource: 'sobjects',
    object: 'Lead',
    payload: { Marker__c: key, LastName: key, Company: key },
    idempotencyKey: key,
  }));
  const isOwn = ({ body }: { body: string }) => body.includes(`"${run}-`);
  return {
    keys,
    send: () => queues.requests.send(bodies.map((body) => ({ body: JSON.stringify(body) }))),
    records: async () =>
      (await org.records('Lead')).filter(({ Marker__c }) => keys.includes(String(Marker__c))),
    deadLetters: () => queues.apicall.messages(`"${run}-`),
    parked: async (): Promise<string[]> => {
      await reprocess({ queue: 'apicall' });
      const objects = await parkedObjects(stack.endpoint, output('ParkBucketName'));
      return objects.filter(isOwn).map(({ reason }) => reason);
    },
    called: (matches: (call: AwsCall) => boolean) => apicall.proxy.calls.slice(from).some(matches),
  };
}

describe('a function process that is killed', () => {
  it('after Salesforce has committed: leaves creates that are parked as unknown, and never repeated', async () => {
    const { called, deadLetters, parked, records, send } = creates(40);
    hang(isCompletion);
    await send();
    await waitFor('records whose completion hangs', async () =>
      (await records()).length === 40 && called(isCompletion) ? true : undefined,
    );
    expect(await killProcesses(apicall.functionName)).toBeGreaterThan(0);
    apicall.proxy.heal();
    const messages = await waitFor('the dead-letter messages', async () => {
      const found = await deadLetters();
      return found.length === 40 ? found : undefined;
    });
    for (const message of messages)
      expect(failureOf(message)).toMatchObject({
        class: 'outcome-unknown',
        errorCode: 'OUTCOME_UNKNOWN',
      });
    await send();
    await waitFor('the dead-letter messages of the repeats', async () =>
      (await deadLetters()).length === 80 ? true : undefined,
    );
    expect(await records()).toHaveLength(40);
    expect(new Set(await parked())).toEqual(new Set(['OUTCOME_UNKNOWN']));
    expect(await records()).toHaveLength(40);
  });

  it('before anything was sent to Salesforce: leaves creates to the next invocation', async () => {
    const { called, parked, records, send } = creates(40);
    hang(isClaim);
    await send();
    await waitFor('the first claims', async () => (called(isClaim) ? true : undefined));
    await killProcesses(apicall.functionName);
    apicall.proxy.heal();
    await waitFor('the records', async () => ((await records()).length === 40 ? true : undefined));
    expect(await parked()).toEqual([]);
  });
});

describe('an idempotency record that cannot be completed', () => {
  it('delays the reply by less than the function timeout, and makes no outcome unknown', async () => {
    const { deadLetters, keys, send } = creates(1);
    hang(isCompletion);
    await send();
    const reply = await replyTo(keys[0] ?? '');
    expect(reply.category).toBe('success');
    expect(await deadLetters()).toEqual([]);
  });
});

describe('a create whose record is locked', () => {
  it('waits in the queue, and is made at its next attempt', async () => {
    const { called, keys, records, send } = creates(1);
    const [key = ''] = keys;
    await org.addFault({ ...salesforceFaults['record locked'], match: { body: key }, times: 1 });
    await send();
    expect((await replyTo(key)).category).toBe('success');
    expect(called(isDeferral)).toBe(true);
    expect(await records()).toHaveLength(1);
  });
});
