import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { planFaults } from '../../local/chaos/reprocessor-faults.ts';
import { killWorkers } from '../../local/chaos/workers.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { output, uniqueId } from './harness.ts';
import { accountOf } from './reprocessor/account.ts';
import { fill, type Letter, mixture, uniform } from './reprocessor/letters.ts';
import { invoke, memoryOf, prepare, queued, type Scene } from './reprocessor/scene.ts';

const RUN = `r${uniqueId().replace('-', '')}`;

/** How many letters; more of them show that nothing grows with their number. */
const LETTERS = Number(process.env['REPROCESSOR_LETTERS'] ?? 1_000);
const SEED = Number(process.env['REPROCESSOR_SEED'] ?? 20_261_125);
const TIMEOUT_MS = 240_000 + 100 * LETTERS;

const work = { unattended: true, ratePerSecond: 500 };
const name = output('DlqReprocessorFunctionName');

let scene: Scene;
beforeAll(async () => {
  scene = await prepare();
});
afterEach(() => scene.proxy.heal());
afterAll(() => scene.restore());

/** Invokes the function until letters only wait, and requests have come to an end. */
const settle = (waiting: number) =>
  waitFor(
    'queues in which letters only wait',
    async () => {
      await invoke(work);
      const { visible, hidden } = await queued();
      return visible === 0 && hidden === waiting ? true : undefined;
    },
    { timeoutMs: TIMEOUT_MS, intervalMs: 1_000 },
  );

/**
 * Nothing lost, nothing twice. On a busy machine calls of Salesforce end in time-outs, 200 requests with each: those are
 * parked then, but most are made.
 */
async function expectAllAtTheirEnds(letters: readonly Letter[]): Promise<void> {
  const { lost, twice, redriven } = await accountOf(letters);
  expect({ lost, twice }).toEqual({ lost: [], twice: [] });
  const wanted = letters.filter(({ end }) => end === 'Redriven__c' || end === 'Contact').length;
  expect(redriven).toBeGreaterThan(0.5 * wanted);
}

describe('a full queue', () => {
  const sizes = [LETTERS > 1_000 ? 1_000 : LETTERS / 4, LETTERS];
  const measured: {
    size: number;
    callsPerLetter: number;
    msPerLetter: number;
    megabytes: number;
  }[] = [];

  it.each(sizes)(
    'of %i letters takes at most 0.35 calls of SQS for each',
    async (size) => {
      const letters = uniform(`${RUN}-full${size}`, size);
      await fill(letters);
      const before = scene.proxy.calls.length;
      let durationMs = 0;
      let redriven = 0;
      let told = 0;
      while (redriven < size) {
        const report = await invoke({ ...work, queue: 'apicall' });
        const results = report?.queues?.apicall?.results;
        expect(results?.redriven).toBeGreaterThan(0);
        redriven += results?.redriven ?? 0;
        durationMs += report?.durationMs ?? 0;
        told += report?.sqsCalls ?? 0;
      }
      const calls = scene.proxy.calls.slice(before);
      const sqsCalls = calls.filter(({ operation }) => operation.startsWith('AmazonSQS.')).length;
      measured.push({
        size,
        callsPerLetter: sqsCalls / redriven,
        msPerLetter: durationMs / redriven,
        megabytes: await memoryOf(name),
      });
      console.log(JSON.stringify(measured.at(-1)));
      expect(sqsCalls / redriven).toBeLessThanOrEqual(0.35);
      expect(told).toBe(sqsCalls);
      await settle(0);
      await expectAllAtTheirEnds(letters);
    },
    TIMEOUT_MS,
  );

  it('takes no more time and memory for each letter the more of them there are', () => {
    const [few, many] = measured;
    // What grows with their number would be four times as slow; other work on the machine must not matter.
    expect(many?.msPerLetter).toBeLessThan(2 * (few?.msPerLetter ?? 0));
    expect(many?.megabytes).toBeLessThanOrEqual(1.25 * (few?.megabytes ?? 0));
  });
});

describe(`${LETTERS} letters of every sort, while SQS, S3 and the bus fail and the function dies`, () => {
  const letters = mixture(`${RUN}-mixed`, LETTERS);
  const waiting = letters.filter(({ end }) => end === 'waiting').length;

  /** Invokes the function, and kills it when it has made so many calls. */
  async function invokeAndKill(calls: number): Promise<void> {
    const until = scene.proxy.calls.length + calls;
    const ended = invoke(work).catch(() => undefined);
    await waitFor('the function to be at work', async () =>
      scene.proxy.calls.length >= until ? true : undefined,
    );
    expect(await killWorkers(name)).toBeGreaterThan(0);
    await ended;
  }

  it(
    `loses none and makes no effect twice (seed ${SEED})`,
    async () => {
      await fill(letters);
      scene.proxy.fail(planFaults(SEED));
      await invokeAndKill(60);
      await invokeAndKill(90);
      await invoke(work);
      scene.proxy.heal();
      await settle(waiting);
      await expectAllAtTheirEnds(letters);
    },
    TIMEOUT_MS,
  );
});
