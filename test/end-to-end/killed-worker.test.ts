import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApiCall, Fault } from '../../local/chaos/fault-proxy.ts';
import { create, type Sent } from '../../local/chaos/requests.ts';
import { killWorkers } from '../../local/chaos/workers.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { send } from './apicall-faults/requests.ts';
import { prepare, type Scene } from './apicall-faults/scene.ts';
import { apiCallDlq, org, output, readObjects, replyTo, runReprocessor } from './kit.ts';

const RUN = `k${Date.now().toString(36)}`;

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

const isClosing = ({ operation, body }: ApiCall): boolean =>
  operation.endsWith('.UpdateItem') && body.includes('outcome');

const hangWhen =
  (matches: (call: ApiCall) => boolean) =>
  (call: ApiCall): Fault | undefined =>
    matches(call) ? { kind: 'hang' } : undefined;

const closings = (): number => scene.proxy.calls.filter(isClosing).length;

async function parked(name: string): Promise<string[]> {
  await runReprocessor();
  const objects = await readObjects(output('ParkBucketName'), 'parked/', scene.since);
  return objects
    .map(({ text }) => JSON.parse(text))
    .filter(({ body }) => body.includes(`"${RUN}-${name}-`))
    .map(({ reason }) => reason);
}

/** Kills the function's processes once the records are in Salesforce and none is closed in the table. */
async function killBeforeClosing(name: string, count: number): Promise<void> {
  scene.proxy.fail(hangWhen(isClosing));
  await send(creates(name, count));
  await waitFor('records whose closing hangs', async () =>
    (await made(name)).length === count && closings() > 0 ? true : undefined,
  );
  expect(await killWorkers(scene.functionName)).toBeGreaterThan(0);
  scene.proxy.heal();
}

describe('a function that dies after Salesforce has committed', () => {
  it('leaves creates that are never made again, and kept for a person as unknown', async () => {
    await killBeforeClosing('died', 40);
    const letters = await waitFor(
      'the dead letters',
      async () => ((await apiCallDlq.depth()) === 40 ? apiCallDlq.peek() : undefined),
      { timeoutMs: 40_000 },
    );
    expect(letters).toMatchObject({ class: 'outcome-unknown', errorCode: 'OUTCOME_UNKNOWN' });
    await send(creates('died', 40));
    await waitFor('the dead letters of the repeats', async () =>
      (await apiCallDlq.depth()) === 80 ? true : undefined,
    );
    expect(await made('died')).toHaveLength(40);
    expect(new Set(await parked('died'))).toEqual(new Set(['OUTCOME_UNKNOWN']));
    expect(await made('died')).toHaveLength(40);
  }, 90_000);

  it('leaves those alone that it had not begun', async () => {
    // The first claims hang: nothing has been sent to Salesforce yet.
    scene.proxy.fail(hangWhen(({ operation }) => operation.endsWith('.PutItem')));
    await send(creates('early', 40));
    await waitFor('the first claims', async () =>
      scene.proxy.calls.some(({ body }) => body.includes('inProgressUntil')) ? true : undefined,
    );
    await killWorkers(scene.functionName);
    scene.proxy.heal();
    await waitFor(
      'the records',
      async () => ((await made('early')).length === 40 ? true : undefined),
      { timeoutMs: 40_000 },
    );
    expect(await parked('early')).toEqual([]);
  }, 60_000);
});

describe('a record that cannot be closed', () => {
  it('delays the answer by less than the function has, and makes nothing unknown', async () => {
    scene.proxy.fail(hangWhen(isClosing));
    const [one] = creates('open', 1);
    await send(one ? [one] : []);
    const reply = await replyTo(String(one?.data['idempotencyKey']));
    expect(reply.category).toBe('success');
    expect(await apiCallDlq.depth()).toBe(0);
  }, 30_000);
});
