import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { faultRates, planAwsFaults } from '../../local/faults/aws-faults.ts';
import { functionProcesses, killProcesses } from '../../local/faults/functions.ts';
import { interceptReprocessor } from '../../local/faults/intercept.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { output, queues, reprocess, stack, uniqueId } from './harness.ts';
import { type DeadLetter, fill, mixture, uniform } from './reprocessor/messages.ts';
import { reconcile } from './reprocessor/reconcile.ts';

const RUN = `r${uniqueId().replace('-', '')}`;

/** More messages (REPROCESSOR_MESSAGES=4000) show that nothing grows with their number. */
const MESSAGES = Number(process.env['REPROCESSOR_MESSAGES'] ?? 600);
const SEED = Number(process.env['REPROCESSOR_SEED'] ?? 20_261_125);
const TIMEOUT_MS = 240_000 + 100 * MESSAGES;

/** Node uses the memory it has before it collects garbage: with little, what is kept of each message shows, or ends the process. */
const SMALL_HEAP = '--enable-source-maps --max-old-space-size=64 --max-semi-space-size=4';

const unattended = { unattended: true, ratePerSecond: 500 };
const functionName = output('DlqReprocessorFunctionName');

/** This file counts calls per message and waits for empty queues: other files' messages must not be there. */
const purge = async (): Promise<void> => {
  for (const queue of Object.values(queues)) await queue.purge();
};

let intercepted: Awaited<ReturnType<typeof interceptReprocessor>>;
beforeAll(async () => {
  intercepted = await interceptReprocessor(stack, { NODE_OPTIONS: SMALL_HEAP });
  await purge();
});
afterEach(() => intercepted.proxy.heal());
afterAll(async () => {
  await intercepted.restore();
  await purge();
});

/** Invokes the function until only `waiting` messages are left, each of them deferred. */
const drain = (waiting: number) =>
  waitFor(
    'queues in which messages only wait',
    async () => {
      await reprocess(unattended);
      const depths = await Promise.all(Object.values(queues).map((queue) => queue.depth()));
      const visible = depths.reduce((sum, depth) => sum + depth.visible, 0);
      const hidden = depths.reduce((sum, depth) => sum + depth.hidden, 0);
      return visible === 0 && hidden === waiting ? true : undefined;
    },
    { timeoutMs: TIMEOUT_MS, intervalMs: 1_000 },
  );

/**
 * Nothing lost, nothing twice. On a busy machine calls of Salesforce time out, and end the requests in them as unknown
 * outcomes; most are applied.
 */
async function expectReconciled(messages: readonly DeadLetter[]): Promise<void> {
  const { lost, appliedTwice, redriven } = await reconcile(messages);
  expect({ lost, appliedTwice }).toEqual({ lost: [], appliedTwice: [] });
  const wanted = messages.filter(({ end }) => end === 'Redriven__c' || end === 'Contact').length;
  expect(redriven).toBeGreaterThan(0.5 * wanted);
}

describe('a full dead-letter queue', () => {
  const sizes = [MESSAGES / 2, MESSAGES];
  const measured: { size: number; callsPerMessage: number; megabytes: number }[] = [];

  it.each(sizes)(
    'of %i messages is redriven with at most 0.35 calls of SQS per message',
    async (size) => {
      const messages = uniform(`${RUN}-full${size}`, size);
      await fill(messages);
      const before = intercepted.proxy.calls.length;
      let redriven = 0;
      while (redriven < size) {
        const report = await reprocess({ ...unattended, queue: 'apicall' });
        const results = report?.queues?.apicall?.results;
        expect(results?.redriven).toBeGreaterThan(0);
        redriven += results?.redriven ?? 0;
      }
      const calls = intercepted.proxy.calls.slice(before);
      const sqsCalls = calls.filter(({ operation }) => operation.startsWith('AmazonSQS.')).length;
      const processes = await functionProcesses(functionName);
      const megabytes = Math.max(0, ...processes.map((process) => process.megabytes));
      measured.push({ size, callsPerMessage: sqsCalls / redriven, megabytes });
      console.log(JSON.stringify(measured.at(-1)));
      expect(sqsCalls / redriven).toBeLessThanOrEqual(0.35);
      await drain(0);
      await expectReconciled(messages);
    },
    TIMEOUT_MS,
  );

  it('takes no more calls and memory per message the more of them there are', () => {
    const [few, many] = measured;
    expect(many?.callsPerMessage).toBeLessThanOrEqual(1.1 * (few?.callsPerMessage ?? 0));
    expect(many?.megabytes).toBeLessThanOrEqual(1.25 * (few?.megabytes ?? 0));
  });
});

describe(`${MESSAGES} messages of every kind, while SQS, S3 and the bus fail and the function is killed`, () => {
  const messages = mixture(`${RUN}-mixed`, MESSAGES);
  const waiting = messages.filter(({ end }) => end === 'waiting').length;

  /** Invokes the function, and kills it after a number of calls. */
  async function invokeAndKill(calls: number): Promise<void> {
    const until = intercepted.proxy.calls.length + calls;
    const ended = reprocess(unattended).catch(() => undefined);
    await waitFor('the function to have made its calls', async () =>
      intercepted.proxy.calls.length >= until ? true : undefined,
    );
    expect(await killProcesses(functionName)).toBeGreaterThan(0);
    await ended;
  }

  it(
    `are neither lost nor applied twice (seed ${SEED})`,
    async () => {
      await fill(messages);
      intercepted.proxy.follow(planAwsFaults(SEED, faultRates.reprocessor));
      await invokeAndKill(60);
      await invokeAndKill(90);
      await reprocess(unattended);
      intercepted.proxy.heal();
      await drain(waiting);
      await expectReconciled(messages);
    },
    TIMEOUT_MS,
  );
});
