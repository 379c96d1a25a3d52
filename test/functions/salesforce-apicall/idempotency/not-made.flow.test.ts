import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { parseFailure } from '../../../../functions/dlq-reprocessor/dead-letter/message.ts';
import { parseEnvelope } from '../../../../functions/dlq-reprocessor/dead-letter/parse.ts';
import { findRoute } from '../../../../functions/dlq-reprocessor/redrive/route.ts';
import type { Step } from '../../../../functions/salesforce-apicall/mapping/definition.ts';
import { config, messageOf } from '../../dlq-reprocessor/harness.ts';
import { redriveAttribute } from '../drain.ts';
import { memoryDynamo } from '../dynamodb-harness.ts';
import { createHarness, sqsRecord } from '../harness.ts';
import { busEvent, constant, mappingOf } from '../mapping/execution-harness.ts';
import { type answer, create, created, createScene, invalid, locked } from '../scene.ts';

const throttled = Object.assign(new Error('throttled'), {
  name: 'ProvisionedThroughputExceededException',
});

/** Salesforce answers the first call so; the table takes records, and lets none of them go. */
function scene(first: ReturnType<typeof answer>) {
  const dynamo = memoryDynamo();
  const answers = [first];
  const harness = createScene({ dynamo, respond: () => answers.shift() ?? created });
  /** Seven seconds before the end of the invocation, when the table stays throttled. */
  const runThrottled = async () => {
    dynamo.mock.on(DeleteItemCommand).rejects(throttled);
    dynamo.mock.on(UpdateItemCommand).rejects(throttled);
    const endsAt = Date.now() + 7_000;
    const message = sqsRecord(create('a'), { messageId: 'm', sentAt: Date.now() });
    return harness.run([message], () => endsAt - Date.now());
  };
  const again = (redrive: object | undefined) => {
    const messageAttributes = redriveAttribute(redrive);
    const options = { messageId: 'm2', sentAt: Date.now(), messageAttributes };
    return harness.run([sqsRecord(create('a'), options)]);
  };
  const recovered = () => {
    dynamo.mock.on(DeleteItemCommand).resolves({});
    dynamo.mock.on(UpdateItemCommand).resolves({ Attributes: { attempts: { N: '1' } } });
  };
  return { ...harness, again, recovered, runThrottled };
}

describe('a create that was not made, whose record the table does not let go', () => {
  it('is sent again with that record, which the next attempt replaces, however late', async () => {
    const { again, calls, clock, deadLetters, recovered, requeued, runThrottled } = scene(locked);
    expect(await runThrottled()).toEqual([]);
    const [sent] = requeued;
    expect(sent?.redrive).toMatchObject({ messageId: 'm', attemptsOf: 'm' });
    recovered();
    clock.now += 3_600_000;
    expect(await again(sent?.redrive)).toEqual([]);
    expect([calls.length, deadLetters]).toEqual([2, []]);
  });

  it('is unknown to a message that does not carry it, and to one that carries another', async () => {
    for (const notMade of [undefined, { other: '1' }]) {
      const { again, clock, deadLetters, recovered, requeued, runThrottled } = scene(locked);
      await runThrottled();
      recovered();
      clock.now += 3_600_000;
      await again({ ...requeued[0]?.redrive, notMade });
      expect(deadLetters).toMatchObject([{ failure: { class: 'outcome-unknown' } }]);
    }
  });

  it('is made after its dead-letter message was redriven', async () => {
    const { again, calls, clock, deadLetters, recovered, runThrottled } = scene(invalid);
    await runThrottled();
    const [{ body = '', failure } = { body: '' }] = deadLetters;
    const Failure = JSON.stringify(failure);
    expect(parseFailure(Failure)?.notMade).toBeDefined();
    const message = messageOf(body, { Failure });
    const route = await findRoute(message, parseEnvelope(message, config.redriveBusName), 1, {
      clients: { eventBridge: Object(undefined) },
      config,
      redriveRules: new Map(),
      now: () => new Date(),
    });
    if (route.to !== 'queue') throw new Error('not redriven');
    recovered();
    clock.now += 3_600_000;
    const { Redrive } = route.message.attributes;
    expect(await again(JSON.parse(Redrive?.StringValue ?? ''))).toEqual([]);
    expect([calls.length, deadLetters.length]).toEqual([2, 1]);
  });
});

describe('a write of a mapping that was not made, whose record the table does not let go', () => {
  it('is made by the next attempt of its event', async () => {
    const dynamo = memoryDynamo();
    const answers = [locked];
    const step: Step = {
      verb: 'create',
      name: 'create-Task',
      object: 'Task',
      nulls: 'clear',
      fields: { Subject: constant('x') },
    };
    const { run, requeued, deadLetters, replies, clock } = createHarness({
      dynamo,
      callSalesforce: async () => answers.shift() ?? created,
      mappings: [mappingOf([step])],
      config: { mappedSources: ['shop'], mappedDetailTypes: ['Order Placed'] },
    });
    dynamo.mock.on(DeleteItemCommand).rejects(throttled);
    const endsAt = Date.now() + 7_000;
    const first = sqsRecord(busEvent('e'), { messageId: 'm', sentAt: Date.now() });
    expect(await run([first], () => endsAt - Date.now())).toEqual([]);
    dynamo.mock.on(DeleteItemCommand).resolves({});
    clock.now += 3_600_000;
    const messageAttributes = redriveAttribute(requeued[0]?.redrive);
    await run([sqsRecord(busEvent('e'), { messageId: 'm2', messageAttributes })]);
    expect([deadLetters, replies()]).toMatchObject([[], [{ category: 'success' }]]);
  });
});
