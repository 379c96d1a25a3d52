import {
  DeleteRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { planFaults } from '../../local/chaos/reprocessor-faults.ts';
import { killWorkers } from '../../local/chaos/workers.ts';
import { waitFor } from '../../local/stack/wait.ts';
import {
  apiCallDlq,
  events,
  observer,
  org,
  output,
  REQUEST,
  request,
  ruleDlq,
  sqs,
} from './kit.ts';
import { accountOf } from './reprocessor/account.ts';
import { fill, type Letter, mixture, uniform } from './reprocessor/letters.ts';
import { invoke, memoryOf, prepare, queued, type Scene } from './reprocessor/scene.ts';

const RUN = `r${Date.now().toString(36)}`;

/** How many letters; more of them show that nothing grows with their number. */
const LETTERS = Number(process.env['REPROCESSOR_LETTERS'] ?? 1_000);
const SEED = Number(process.env['REPROCESSOR_SEED'] ?? 20_261_125);
const TIMEOUT_MS = 120_000 + 60 * LETTERS;

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
      while (redriven < size) {
        const report = await invoke({ ...work, queue: 'apicall' });
        const results = report?.queues?.apicall?.results;
        expect(results?.redriven).toBeGreaterThan(0);
        redriven += results?.redriven ?? 0;
        durationMs += report?.durationMs ?? 0;
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

describe('an event that one destination did not take', () => {
  const EVENT = 'Carbon_Estimate__e';
  const BESIDE = 'beside';

  /** A second rule for the same events, with a queue of its own. */
  async function secondRule() {
    const EventBusName = output('EventBusName');
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: BESIDE }));
    const queued = async (): Promise<number> => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      return Number(Attributes?.['ApproximateNumberOfMessages']);
    };
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const EventPattern = JSON.stringify({ 'detail-type': [EVENT] });
    await events.send(new PutRuleCommand({ Name: BESIDE, EventBusName, EventPattern }));
    const Targets = [{ Id: BESIDE, Arn: Attributes?.['QueueArn'] }];
    await events.send(new PutTargetsCommand({ Rule: BESIDE, EventBusName, Targets }));
    const remove = async (): Promise<void> => {
      await events.send(new RemoveTargetsCommand({ Rule: BESIDE, EventBusName, Ids: [BESIDE] }));
      await events.send(new DeleteRuleCommand({ Name: BESIDE, EventBusName }));
    };
    return { queued, remove };
  }

  it('goes to that one again, and to no other', async () => {
    const beside = await secondRule();
    await org.addFault({
      match: { path: EVENT },
      status: 503,
      errorCode: 'SERVER_UNAVAILABLE',
      times: 1_000,
      after: 'before',
    });
    const Marker__c = `${RUN}-destination`;
    await request({ Marker__c }, EVENT);
    await waitFor(
      'the dead letter of the rule',
      async () => ((await ruleDlq.depth()) > 0 ? true : undefined),
      { timeoutMs: 30_000 },
    );
    expect(await beside.queued()).toBe(1);
    await org.clearFaults();
    const report = await invoke({ queue: 'rule' });
    expect(report?.queues?.rule?.results).toMatchObject({ redriven: 1 });
    await waitFor('the platform event', async () =>
      (await org.records(EVENT)).find((record) => record['Marker__c'] === Marker__c),
    );
    expect(await beside.queued()).toBe(1);
    await beside.remove();
  });
});

describe('a create of which nobody knows whether Salesforce made it', () => {
  const OBJECT = 'Unclear__c';

  /** A create whose answer is lost, parked; answers the id of its event. */
  async function unclear(key: string, after: 'before' | 'commit'): Promise<string> {
    await org.addFault({ match: { body: key }, reset: true, times: 1, after });
    const payload = { Marker__c: key };
    const detail = { action: 'POST', resource: 'sobjects', object: OBJECT, payload };
    const id = await request({ ...detail, idempotencyKey: key });
    await waitFor('the dead letter', async () =>
      (await apiCallDlq.peek())?.class === 'outcome-unknown' ? true : undefined,
    );
    const report = await invoke({ queue: 'apicall' });
    expect(report?.queues?.apicall?.byReason).toEqual({ OUTCOME_UNKNOWN: 1 });
    return id;
  }

  /** The data of the reply that tells of success: one of failure came before it. */
  const success = (requestId: string) =>
    waitFor(
      'the reply',
      async () => {
        const event = await observer.find(
          ({ 'detail-type': type, detail: { processedid, category } }) =>
            type === `${REQUEST}.response` && processedid === requestId && category === 'success',
        );
        return event?.detail['data'];
      },
      { timeoutMs: 45_000 },
    );

  const records = async (key: string) =>
    (await org.records(OBJECT)).filter((record) => record['Marker__c'] === key);

  /** Refused for as long as the invocation that made the call may still live. */
  const unpark = (key: string, said: object) =>
    waitFor(
      'the letter to be unparked',
      async () => {
        const filter = { reason: 'OUTCOME_UNKNOWN', path: { '$.detail.idempotencyKey': key } };
        const report = await invoke({ action: 'unpark', filter, ...said });
        const { results } = Object(report?.parked);
        return results.redriven === 1 ? true : undefined;
      },
      { timeoutMs: 20_000, intervalMs: 500 },
    );

  it('applied: answers with its id, and makes no second record', async () => {
    const key = `${RUN}-applied`;
    const id = await unclear(key, 'commit');
    const [record] = await records(key);
    await unpark(key, { applied: true, recordId: record?.Id });
    expect(await success(id)).toMatchObject({ id: record?.Id, success: true });
    expect(await records(key)).toHaveLength(1);
  });

  it('notApplied: makes exactly one record', async () => {
    const key = `${RUN}-not-applied`;
    const id = await unclear(key, 'before');
    expect(await records(key)).toHaveLength(0);
    await unpark(key, { notApplied: true });
    await waitFor('the record', async () => ((await records(key)).length > 0 ? true : undefined));
    await success(id);
    expect(await records(key)).toHaveLength(1);
  });
});
