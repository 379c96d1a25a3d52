import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeadLetterMessage } from '../../../functions/dlq-reprocessor/dead-letter/message.ts';
import type { Fault } from './faults.ts';
import { createScene, messageOf } from './harness.ts';

const create = '{"action":"POST","resource":"sobjects","object":"Case","payload":{"n":1}}';
const failed = (name: string): DeadLetterMessage =>
  messageOf(create, { Failure: JSON.stringify({ class: name, errorCode: 'E' }), Trace: 'kept' });

const drop = { action: 'drop', queue: 'all', dropReason: 'a test', droppedBy: 'arn:of:somebody' };
const ofCases = { ...drop, filter: { object: 'Case' } };
const parkedOnes = { ...drop, queue: 'parked', filter: { object: 'Case' } };

const recordsOf = ({ stored }: { stored: Map<string, string> }) =>
  [...stored].filter(([key]) => key.startsWith('dropped/'));

/** Drops messages from their queue or from the bucket, while calls fail. */
async function expectKeptOrRecorded(count: number, isParked: boolean, given: readonly Fault[]) {
  const messages = Array.from({ length: count }, () => failed('permanent-data'));
  let faults: Fault[] = [];
  const scene = createScene({
    messages: { apicall: messages },
    faults: () => faults.shift() ?? 'none',
  });
  if (isParked) await scene.invoke();
  faults = [...given];
  await scene.invoke(isParked ? parkedOnes : ofCases).catch(() => undefined);
  const kept = [...scene.queues.apicall.ids(), ...scene.stored.keys()].join();
  for (const { messageId } of messages) expect(kept).toContain(messageId);
}

describe('drop', () => {
  it('deletes messages of a queue, and keeps each whole in a record with who, when and why', async () => {
    const data = failed('permanent-data');
    const scene = createScene({ messages: { apicall: [data] } });
    const { queues } = await scene.invoke(ofCases);
    expect(queues?.apicall?.results).toMatchObject({ dropped: 1, redriven: 0, parked: 0 });
    expect(scene.queues.apicall.ids()).toEqual([]);
    const [[key, text] = ['', '{}']] = recordsOf(scene);
    expect(key).toMatch(new RegExp(`^dropped/\\d{4}-\\d\\d-\\d\\d/${data.messageId}\\.json$`));
    expect(JSON.parse(text)).toMatchObject({
      messageId: data.messageId,
      queue: 'apicall',
      body: create,
      attributes: { Trace: 'kept' },
      dropReason: 'a test',
      droppedBy: 'arn:of:somebody',
      droppedAt: scene.now().toISOString(),
    });
  });

  it('logs ids and the key of the record, and neither the reason nor any content', async () => {
    const scene = createScene({ messages: { apicall: [failed('permanent-data')] } });
    await scene.invoke(ofCases);
    const line = scene.log.lines.find(([text]) => text === 'dead-letter message processed');
    expect(line?.[1]).toMatchObject({ result: 'drop', key: recordsOf(scene)[0]?.[0] });
    expect(scene.log.text()).not.toMatch(/a test|arn:of:somebody|payload/);
  });

  it('deletes parked objects, and unpark brings them back to their origin', async () => {
    const data = failed('permanent-data');
    const scene = createScene({ messages: { apicall: [data] } });
    await scene.invoke();
    const { parked } = await scene.invoke(parkedOnes);
    expect(parked).toMatchObject({ results: { dropped: 1 } });
    expect([...scene.stored.keys()].filter((key) => key.startsWith('parked/'))).toEqual([]);
    const [[key = '', text = '{}'] = []] = recordsOf(scene);
    expect(JSON.parse(text)).toMatchObject({ reason: 'PERMANENT', queue: 'apicall' });
    await scene.invoke({ action: 'unpark', filter: { key } });
    expect(scene.sent).toMatchObject([{ body: create, attributes: { Trace: 'kept' } }]);
    expect(scene.stored.size).toBe(0);
  });

  it('needs force for an unknown outcome, in a queue and in the bucket', async () => {
    const scene = createScene({ messages: { apicall: [failed('outcome-unknown')] } });
    const inQueue = await scene.invoke(ofCases);
    expect(inQueue.queues?.apicall?.results).toMatchObject({ refused: 1, dropped: 0 });
    await scene.invoke({ action: 'park' });
    const inBucket = await scene.invoke(parkedOnes);
    expect(inBucket.parked).toMatchObject({ results: { refused: 1, dropped: 0 } });
    const forced = await scene.invoke({ ...parkedOnes, force: true });
    expect(forced.parked).toMatchObject({ results: { dropped: 1 } });
  });

  it('brings back an unknown outcome only with an answer', async () => {
    const scene = createScene({ messages: { apicall: [failed('outcome-unknown')] } });
    await scene.invoke({ ...ofCases, force: true });
    const unpark = { action: 'unpark', filter: { key: 'dropped/' } };
    expect((await scene.invoke(unpark)).parked).toMatchObject({ results: { refused: 1 } });
    const answered = await scene.invoke({ ...unpark, notApplied: true });
    expect(answered.parked).toMatchObject({ results: { redriven: 1 } });
  });

  it('reports in a dry run what it would drop, and leaves it', async () => {
    const scene = createScene({ messages: { apicall: [failed('permanent-data')] } });
    const { queues } = await scene.invoke({ action: 'drop', queue: 'all', dryRun: true });
    expect(queues?.apicall?.letters).toMatchObject([{ decision: 'drop' }]);
    expect([scene.queues.apicall.ids().length, scene.stored.size]).toEqual([1, 0]);
  });

  it('leaves an object that is not a parked message', async () => {
    const scene = createScene();
    scene.stored.set('parked/PERMANENT/2026-01-01/note.json', '{"hand":"written"}');
    const { parked } = await scene.invoke({ ...drop, queue: 'parked', filter: { id: ['note'] } });
    expect(parked).toMatchObject({ results: { refused: 1 } });
    expect(scene.stored.size).toBe(1);
  });

  it('never deletes a message whose record is not stored, whichever call fails', async () => {
    const fault = fc.constantFrom<Fault>('none', 'none', 'before', 'after');
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 15 }),
        fc.boolean(),
        fc.array(fault, { maxLength: 40 }),
        expectKeptOrRecorded,
      ),
      { numRuns: 60 },
    );
  });
});

describe('a redrive of one kind only', () => {
  const messages = () => ({ apicall: [failed('retry-soon'), failed('permanent-data')] });

  it.each([
    ['redrive', { redriven: 1, parked: 0, skipped: 1 }],
    ['park', { redriven: 0, parked: 1, skipped: 1 }],
  ])('%s leaves the others in their queue', async (only, results) => {
    const scene = createScene({ messages: messages() });
    const { queues } = await scene.invoke({ action: 'redrive', only });
    expect(queues?.apicall?.results).toMatchObject(results);
    expect(scene.queues.apicall.ids()).toHaveLength(1);
  });

  it('does not park what the bus refuses when it is sent', async () => {
    const entry = messageOf(
      JSON.stringify({
        EventBusName: 'b',
        Source: 's',
        DetailType: 't',
        Detail: '{}',
        Resources: [],
        Time: '2026-01-02T03:04:05.000Z',
      }),
      { Failure: JSON.stringify({ class: 'publish-failed', errorCode: 'InternalFailure' }) },
    );
    const scene = createScene({
      messages: { spill: [entry] },
      faults: (operation) => (operation === 'put' ? 'before' : 'none'),
    });
    const { queues } = await scene.invoke({ action: 'redrive', only: 'redrive' });
    expect(queues?.spill?.results).toMatchObject({ failed: 1, parked: 0 });
    expect([scene.queues.spill.ids().length, scene.stored.size]).toEqual([1, 0]);
  });
});
