import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApiCall, Fault } from '../../local/chaos/fault-proxy.ts';
import { create, type Sent } from '../../local/chaos/requests.ts';
import { killWorkers } from '../../local/chaos/workers.ts';
import { failureOf } from '../../local/demo/queues.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { send } from './apicall-faults/requests.ts';
import { prepare, type Scene } from './apicall-faults/scene.ts';
import { org, output, queues, readObjects, replyTo, reprocess, uniqueId } from './harness.ts';

const RUN = uniqueId();

let scene: Scene;
beforeAll(async () => {
  scene = await prepare(200);
});
afterEach(() => scene.proxy.heal());
afterAll(() => scene.restore());

const creates = (name: string, count: number): Sent[] =>
  Array.from({ length: count }, (_, index) => create('guarded', 'Lead', `${RUN}-${name}-${index}`));

const made = async (name: string): Promise<object[]> =>
  (await org.records('Lead')).filter(({ Marker__c }) =>
    String(Marker__c).startsWith(`${RUN}-${name}-`),
  );

const isCompletion = ({ operation, body }: ApiCall): boolean =>
  operation.endsWith('.UpdateItem') && body.includes('outcome');

const hangWhen =
  (matches: (call: ApiCall) => boolean) =>
  (call: ApiCall): Fault | undefined =>
    matches(call) ? { kind: 'hang' } : undefined;

const completions = (): number => scene.proxy.calls.filter(isCompletion).length;

const deadLetters = (name: string) => queues.apicall.messages(`"${RUN}-${name}-`);

async function parked(name: string): Promise<string[]> {
  await reprocess({ queue: 'apicall' });
  const objects = await readObjects(output('ParkBucketName'), 'parked/');
  return objects
    .map(({ text }) => JSON.parse(text))
    .filter(({ body }) => body.includes(`"${RUN}-${name}-`))
    .map(({ reason }) => reason);
}

/** Kills the function's processes once the records are in Salesforce and no idempotency record is completed. */
async function killBeforeCompletion(name: string, count: number): Promise<void> {
  scene.proxy.fail(hangWhen(isCompletion));
  await send(creates(name, count));
  await waitFor('records whose completion hangs', async () =>
    (await made(name)).length === count && completions() > 0 ? true : undefined,
  );
  expect(await killWorkers(scene.functionName)).toBeGreaterThan(0);
  scene.proxy.heal();
}

describe('a function that dies after Salesforce has committed', () => {
  it('leaves creates that are never repeated, and parked as unknown outcomes', async () => {
    await killBeforeCompletion('died', 40);
    const messages = await waitFor('the dead-letter messages', async () => {
      const found = await deadLetters('died');
      return found.length === 40 ? found : undefined;
    });
    for (const message of messages)
      expect(failureOf(message)).toMatchObject({
        class: 'outcome-unknown',
        errorCode: 'OUTCOME_UNKNOWN',
      });
    await send(creates('died', 40));
    await waitFor('the dead-letter messages of the repeats', async () =>
      (await deadLetters('died')).length === 80 ? true : undefined,
    );
    expect(await made('died')).toHaveLength(40);
    expect(new Set(await parked('died'))).toEqual(new Set(['OUTCOME_UNKNOWN']));
    expect(await made('died')).toHaveLength(40);
  });

  it('leaves creates that it had not begun to the next invocation', async () => {
    // The first claims hang: nothing has been sent to Salesforce yet.
    scene.proxy.fail(hangWhen(({ operation }) => operation.endsWith('.PutItem')));
    await send(creates('early', 40));
    await waitFor('the first claims', async () =>
      scene.proxy.calls.some(({ body }) => body.includes('inProgressUntil')) ? true : undefined,
    );
    await killWorkers(scene.functionName);
    scene.proxy.heal();
    await waitFor('the records', async () =>
      (await made('early')).length === 40 ? true : undefined,
    );
    expect(await parked('early')).toEqual([]);
  });
});

describe('an idempotency record that cannot be completed', () => {
  it('delays the reply by less than the function timeout, and makes no outcome unknown', async () => {
    scene.proxy.fail(hangWhen(isCompletion));
    const [one] = creates('open', 1);
    await send(one ? [one] : []);
    const reply = await replyTo(String(one?.data['idempotencyKey']));
    expect(reply.category).toBe('success');
    expect(await deadLetters('open')).toEqual([]);
  });
});
