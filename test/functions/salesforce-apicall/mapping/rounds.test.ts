import { describe, expect, it } from 'vitest';
import type {
  CallStep,
  CreateStep,
  Mapping,
} from '../../../../functions/salesforce-apicall/mapping/definition.ts';
import { MappingExecution } from '../../../../functions/salesforce-apicall/mapping/execution/execution.ts';
import { createExecutionRecords } from '../../../../functions/salesforce-apicall/mapping/execution/records.ts';
import {
  type MappingPorts,
  runMappings,
} from '../../../../functions/salesforce-apicall/mapping/rounds.ts';
import { failure } from '../../../../functions/salesforce-apicall/outcome/failure-class.ts';
import { notStarted, type RequestResult } from '../../../../functions/salesforce-apicall/result.ts';
import { memoryDynamo } from '../dynamodb-harness.ts';
import { busEvent, constant, evaluate, expression, mappingOf } from './execution-harness.ts';

const create = (name: string, others: Partial<CreateStep> = {}): CreateStep => ({
  verb: 'create',
  name,
  object: 'Task',
  nulls: 'clear',
  fields: { Subject: constant(name) },
  ...others,
});

const call: CallStep = {
  verb: 'call',
  name: 'large',
  as: 'large',
  request: { action: constant('GET'), resource: constant('apexrest') },
};

const made = (body: unknown = { id: '00T000000000001AAA' }): RequestResult => ({
  kind: 'finished',
  code: 'adapter-process',
  outcome: { kind: 'success', status: 201, body },
});

const items = (count: number) =>
  expression(() => Array.from({ length: count }, (_, index) => index), 'each');

/** Executions of one event after another, with a table that lives on. */
function scene(mapping: Mapping) {
  const { client, items: stored } = memoryDynamo();
  const records = createExecutionRecords({
    client,
    tableName: 'table',
    retentionDays: 30,
    owner: 'process',
    now: Date.now,
    deadline: () => ({ abortSignal: new AbortController().signal }),
  });
  const sent: string[] = [];
  /** One delivery, whose nth write gets what `answer` says. */
  const deliver = async (
    answer: (index: number) => RequestResult,
    { hasTime = (): boolean => true, event = busEvent('event-1'), isRedelivered = true } = {},
  ) => {
    const execution = new MappingExecution({ mapping, event, isRedelivered });
    const write: MappingPorts['write'] = async (writes, onResults) => {
      const first = sent.length;
      sent.push(...writes.map(({ step, item }) => `${step.name}${item ? ` ${item}` : ''}`));
      await onResults(writes.map((one, index) => [one, answer(first + index)]));
    };
    await runMappings([execution], {
      evaluate,
      find: async () => [],
      write,
      records,
      hasTime,
      onEnded: async () => undefined,
    });
    return execution.result;
  };
  return { deliver, sent, stored };
}

describe('an execution that is stopped for want of time', () => {
  const lines = create('lines', { each: items(4) });

  it('between steps is not started, and goes on with the next step', async () => {
    const { deliver, sent } = scene(mappingOf([create('first'), create('second')]));
    let rounds = 0;
    const hasTime = (): boolean => {
      rounds += 1;
      return rounds === 1;
    };
    expect(await deliver(() => made(), { hasTime })).toEqual(notStarted);
    expect(await deliver(() => made())).toMatchObject({ outcome: { kind: 'success' } });
    expect(sent).toEqual(['first', 'second']);
  });

  it('in the middle of a step is not started, and goes on with the items that are left', async () => {
    const { deliver, sent } = scene(mappingOf([create('first'), lines]));
    const answer = (index: number): RequestResult =>
      index === 0 || index === 2 ? made() : notStarted;
    expect(await deliver(answer)).toEqual(notStarted);
    expect(sent.splice(0)).toEqual(['first', 'lines 0', 'lines 1', 'lines 2', 'lines 3']);
    expect(await deliver(() => made())).toMatchObject({ outcome: { kind: 'success' } });
    expect(sent).toEqual(['lines 0', 'lines 2', 'lines 3']);
  });

  it('is tried again before what has failed for good is given up', async () => {
    const { deliver } = scene(mappingOf([create('first'), lines]));
    const refused: RequestResult = {
      kind: 'finished',
      code: 'adapter-process',
      outcome: failure('permanent-data', 'REQUIRED_FIELD_MISSING', 'x'),
    };
    const answer = (index: number): RequestResult =>
      index === 0 ? made() : index === 1 ? refused : notStarted;
    expect(await deliver(answer)).toEqual(notStarted);
  });
});

describe('an execution whose steps give more than a record can hold', () => {
  /** 30 items of nearly 16 kB: more than an item of DynamoDB takes. */
  const mapping = mappingOf([create('first'), { ...call, each: items(30) }, create('last')]);
  const large = made({ text: 'x'.repeat(16_000) });

  it('fails with MAPPING_STATE_SIZE, and its next step is not begun', async () => {
    const { deliver, sent, stored } = scene(mapping);
    expect(await deliver(() => large)).toMatchObject({
      kind: 'finished',
      outcome: {
        kind: 'failure',
        class: 'permanent-size',
        errorCode: 'MAPPING_STATE_SIZE',
        mapping: { mapping: 'example' },
        message: expect.stringContaining('fewer items, or several mappings'),
      },
    });
    expect(sent).not.toContain('last');
    for (const { steps } of stored.values())
      expect(Buffer.byteLength(steps?.S ?? '')).toBeLessThan(400_000);
  });

  const tooLong = made({ text: 'x'.repeat(17_000) });

  it('fails, too, if a step is called by a name and its response is too large for the steps after it', async () => {
    const { deliver, sent } = scene(mappingOf([call, create('last')]));
    expect(await deliver(() => tooLong)).toMatchObject({
      outcome: {
        class: 'permanent-size',
        errorCode: 'MAPPING_STATE_SIZE',
        mapping: { mapping: 'example', step: 'large' },
        message: expect.stringMatching(/^example, large: the response is larger than the 16 kB/),
      },
    });
    expect(sent).toEqual(['large']);
  });

  it.each([
    ['nothing can read it', mappingOf([{ ...call, as: undefined }, create('last')])],
    ['it is the reply of the only step', mappingOf([call])],
  ])('does not if %s', async (_, other) => {
    const { deliver } = scene(other);
    expect(await deliver(() => tooLong)).toMatchObject({ outcome: { kind: 'success' } });
  });
});
