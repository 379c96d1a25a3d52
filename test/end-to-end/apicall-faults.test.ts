import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planAws, planSalesforce } from '../../local/chaos/apicall-faults.ts';
import { create, type Sent, upsert } from '../../local/chaos/requests.ts';
import { killWorkers } from '../../local/chaos/workers.ts';
import { deadLetterQueue } from '../../local/demo/dead-letter-queue.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { type Contents, type Kept, reconcile } from './apicall-faults/reconcile.ts';
import { mixture, OBJECTS, SHARE, send } from './apicall-faults/requests.ts';
import { prepare, type Scene } from './apicall-faults/scene.ts';
import { apiCallDlq, org, output, readObjects, runReprocessor, stack } from './kit.ts';

/** The whole of it: APICALL_FAULTS_REQUESTS=2000; a run again: APICALL_FAULTS_SEED=<seed that was printed>. */
const REQUESTS = Number(process.env['APICALL_FAULTS_REQUESTS'] ?? 400);
const SEED = Number(process.env['APICALL_FAULTS_SEED'] ?? Date.now() % 1_000_000);
const RUN = `f${SEED}`;

const WAVES = 8;
const RECORDS_PER_CALL = 20;
const queues = [
  deadLetterQueue(stack.endpoint, output('ApiCallQueueUrl')),
  apiCallDlq,
  deadLetterQueue(stack.endpoint, output('SpillQueueUrl')),
];

let scene: Scene;
beforeAll(async () => {
  scene = await prepare(RECORDS_PER_CALL);
});
afterAll(() => scene.restore());

async function contents(): Promise<Contents> {
  const records = (await Promise.all(OBJECTS.map((object) => org.records(object)))).flat();
  const marked = Map.groupBy(records, (record) => String(record['Marker__c']));
  return {
    markers: new Map([...marked].map(([marker, of]) => [marker, of.length])),
    ids: new Set(records.map(({ Id }) => Id)),
  };
}

const depth = async (): Promise<number> => {
  const depths = await Promise.all(queues.map((queue) => queue.depth()));
  return depths.reduce((sum, one) => sum + one, 0);
};

/** Runs what a deployed stack runs every few minutes, until nothing moves any more. */
async function settle(timeoutMs: number): Promise<void> {
  const isQuiet = async (): Promise<true | undefined> => {
    await scene.closeBreaker();
    await runReprocessor();
    return (await depth()) === 0 ? true : undefined;
  };
  await waitFor('empty queues', isQuiet, { timeoutMs, intervalMs: 500 });
}

/** Records for the updates and deletions, made by the stack itself before anything fails. */
async function seed() {
  const make = async (object: string, count: number): Promise<string[]> => {
    const requests = Array.from({ length: count }, (_, index) =>
      create('guarded', object, `${RUN}-seed-${object}-${index}`),
    );
    await send(requests);
    const records = await waitFor(
      `${count} records of ${object}`,
      async () => {
        const found = (await org.records(object)).filter(({ Marker__c }) =>
          String(Marker__c).startsWith(`${RUN}-seed-`),
        );
        return found.length === count ? found : undefined;
      },
      { timeoutMs: 60_000 },
    );
    return records.map(({ Id }) => Id);
  };
  const tenths = Math.ceil(REQUESTS / 10);
  return {
    updated: await make('Account', SHARE.update * tenths),
    deleted: await make('Widget__c', SHARE.deletion * tenths),
  };
}

/** What may come twice as another message: a deletion that does is refused, for its record is gone. */
const again = (wave: readonly Sent[]): Sent[] =>
  wave.filter(({ kind }, index) => kind !== 'delete' && index % 7 === 0);

/** Wave after wave into a stack whose neighbours fail and whose processes die. */
async function sendThroughFaults(requests: readonly Sent[]): Promise<void> {
  const faults = planSalesforce(SEED, REQUESTS).map(({ fault }) => fault);
  for (const fault of faults) await org.addFault(fault);
  scene.proxy.fail(planAws(SEED));
  const size = Math.ceil(requests.length / WAVES);
  for (let wave = 0; wave < WAVES; wave += 1) {
    const some = requests.slice(wave * size, (wave + 1) * size);
    await send(some);
    await delay(400 + 50 * wave);
    if (wave % 2 === 1) await killWorkers(scene.functionName);
    if (wave === 4) await fetch(`${stack.salesforce.url}/__sim/expire-tokens`, { method: 'POST' });
    await send(again(some));
    await scene.closeBreaker();
  }
  // What a record was refused for is lost with the process that is killed over it: once more without that.
  const ofRecords = faults.filter(({ scope }) => scope === 'record');
  for (const fault of ofRecords) await org.addFault({ ...fault, skip: (fault.skip ?? 0) % 90 });
}

/** More requests until every fault has been played: what does not happen proves nothing. Answers what it sent. */
async function exhaustFaults(timeoutMs: number): Promise<Sent[]> {
  const more: Sent[] = [];
  const isPlayed = async (): Promise<true | undefined> => {
    await scene.closeBreaker();
    await runReprocessor();
    if ((await org.faults()).every(({ left }) => left === 0)) return true;
    const some = Array.from({ length: 20 }, (_, index) => {
      const marker = `${RUN}-more-${more.length + index}`;
      return index % 2 === 0 ? upsert('Widget__c', marker) : create('guarded', 'Lead', marker);
    });
    more.push(...some);
    await send(some);
    return undefined;
  };
  await waitFor('the end of the faults', isPlayed, { timeoutMs, intervalMs: 500 });
  return more;
}

async function keptLetters(): Promise<Kept[]> {
  const objects = await readObjects(output('ParkBucketName'), 'parked/', scene.since);
  return objects.flatMap(({ text }): Kept[] => {
    const { reason, body, attributes } = JSON.parse(text);
    const { errorCode = '' } = JSON.parse(attributes?.Failure ?? '{}');
    return String(body).includes(`"${RUN}-`) ? [{ reason, errorCode, body }] : [];
  });
}

describe(`${REQUESTS} requests while everything around them fails`, () => {
  it(`none is lost, none takes effect twice (seed ${SEED})`, async () => {
    console.log(`faults of seed ${SEED}: APICALL_FAULTS_SEED=${SEED} plays them again`);
    const requests = mixture(RUN, REQUESTS, await seed());
    await sendThroughFaults(requests);
    const more = await exhaustFaults(60_000 + 60 * REQUESTS);
    scene.proxy.heal();
    await settle(60_000 + 60 * REQUESTS);
    const sent = [...requests, ...more];
    const account = reconcile(sent, await contents(), await keptLetters());
    console.log(JSON.stringify({ seed: SEED, sent: sent.length, kept: account.kept }));
    expect({ lost: account.lost, twice: account.twice, odd: account.odd }).toEqual({
      lost: [],
      twice: [],
      odd: [],
    });
  }, 600_000);
});
