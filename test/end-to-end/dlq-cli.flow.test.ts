import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createClients } from '../../cli/aws.ts';
import { main } from '../../cli/dlq/program.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { org, output, sendMessage, uniqueId } from './harness.ts';

/** The command as a script runs it: without a terminal. */
async function dlq(...args: string[]) {
  const printed: string[] = [];
  const logged: string[] = [];
  const exitCode = await main([...args, '--local', '--json'], {
    print: (text) => printed.push(text),
    log: (text) => logged.push(text),
    showProgress: () => undefined,
    prompt: undefined,
    createClients,
    stopSignal: new AbortController().signal,
    sleep: (ms) => setTimeout(ms),
  });
  expect(logged).toEqual([]);
  return { exitCode, report: JSON.parse(printed.join('\n')).result };
}

const locked = { class: 'retry-soon', errorCode: 'UNABLE_TO_LOCK_ROW' };
const later = () => ({
  class: 'retry-later',
  errorCode: 'REQUEST_LIMIT_EXCEEDED',
  notBefore: new Date(Date.now() + 3_600_000).toISOString(),
});
const invalid = { class: 'permanent-data', errorCode: 'REQUIRED_FIELD_MISSING' };

/** Requests for records of an object of their own, so that a filter by object selects no others. */
async function ownObject() {
  const object = `Dlq_${uniqueId().replaceAll('-', '_')}__c`;
  await org.addToSchema({ name: object, fields: [{ name: 'Marker__c', type: 'string' }] });
  const filter = ['--filter', `object=${object}`];
  return {
    object,
    filter,
    queued: ['--queue', 'apicall', ...filter],
    /** Puts a request into the dead-letter queue as apicall leaves it there. */
    fail: (marker: string, failure: object) =>
      sendMessage(
        output('ApiCallDlqUrl'),
        JSON.stringify({
          action: 'POST',
          resource: 'sobjects',
          object,
          payload: { Marker__c: marker },
          idempotencyKey: `${object}/${marker}`,
        }),
        JSON.stringify({ message: 'as the org says', attempts: 1, correlation: {}, ...failure }),
      ),
    created: (...markers: string[]) =>
      waitFor(`the records ${markers.join(', ')}`, async () => {
        const found = (await org.records(object)).map((record) => record['Marker__c']);
        return found.toSorted().join() === markers.toSorted().join() ? true : undefined;
      }),
  };
}

describe('npm run dlq on a deployed stack', () => {
  it('shows each message with its reason, and leaves it in the queue', async () => {
    const { fail, object, queued } = await ownObject();
    await fail('lock', locked);
    await fail('data', invalid);
    await fail('later', later());
    const status = await dlq('status', '--queue', 'apicall');
    expect(status.report.queues.apicall.left.visible).toBeGreaterThanOrEqual(3);
    for (const _time of ['first', 'again']) {
      const { exitCode, report } = await dlq('preview', ...queued);
      expect(exitCode).toBe(0);
      expect(report.queues.apicall.results).toMatchObject({ redriven: 1, parked: 1, waiting: 1 });
      expect(report.queues.apicall.letters).toContainEqual(
        expect.objectContaining({ reason: 'PERMANENT', message: 'as the org says', object }),
      );
    }
  });

  it('redrives what the filter selects, on time or by force, and parks what no retry helps', async () => {
    const { created, fail, queued } = await ownObject();
    await fail('lock', locked);
    await fail('data', invalid);
    await fail('later', later());
    const soon = await dlq('redrive', '--yes', ...queued, '--filter', 'reason=retry-soon');
    expect([soon.exitCode, soon.report.queues.apicall.results.redriven]).toEqual([0, 1]);
    await created('lock');
    const force = ['--force', '--filter', 'error-code=REQUEST_LIMIT_EXCEEDED'];
    expect((await dlq('redrive', '--yes', ...queued, ...force)).exitCode).toBe(0);
    await created('lock', 'later');
    const parked = await dlq('redrive', '--yes', ...queued);
    expect(parked.report.queues.apicall.byReason).toMatchObject({ PERMANENT: 1 });
  });

  it('parks by command, and unparks what was parked', async () => {
    const { created, fail, filter, queued } = await ownObject();
    await fail('data', invalid);
    await dlq('redrive', '--yes', ...queued);
    await fail('aside', locked);
    const parked = await dlq('park', '--yes', ...queued);
    expect(parked.report.queues.apicall.byReason).toMatchObject({ BY_COMMAND: 1 });
    const { exitCode, report } = await dlq('unpark', '--yes', ...filter);
    expect([exitCode, report.queues.parked.results.redriven]).toEqual([0, 2]);
    await created('data', 'aside');
  });

  it('shows a whole message, and gives it back', async () => {
    const { fail, object, queued } = await ownObject();
    await fail('data', invalid);
    const preview = await dlq('preview', ...queued);
    const { letters } = preview.report.queues.apicall;
    const id = letters.find((one: { object?: string }) => one.object === object).messageId;
    for (const _time of ['first', 'again']) {
      const { exitCode, report } = await dlq('show', id);
      expect(exitCode).toBe(0);
      expect(report).toMatchObject({ id, place: 'ApiCallDlq', reason: 'PERMANENT' });
      expect(JSON.parse(report.body).payload).toEqual({ Marker__c: 'data' });
    }
  });

  it('drops messages of a queue and of the bucket, and unpark brings them back', async () => {
    const { created, fail, filter, queued } = await ownObject();
    await fail('parked', invalid);
    await dlq('redrive', '--yes', ...queued);
    await fail('queued', locked);
    const dropped = await dlq('drop', '--yes', '--reason', 'a test', ...filter);
    expect(dropped.exitCode).toBe(0);
    const { apicall, parked } = dropped.report.queues;
    expect([apicall.results.dropped, parked.results.dropped]).toEqual([1, 1]);
    const nothing = await dlq('unpark', '--dry-run', ...filter);
    expect(nothing.report.queues.parked.results.redriven).toBe(0);
    const records = ['--filter', 'key=dropped/', ...filter];
    const { exitCode, report } = await dlq('unpark', '--yes', ...records);
    expect([exitCode, report.queues.parked.results.redriven]).toEqual([0, 2]);
    await created('parked', 'queued');
  });

  it('leaves an unknown outcome until the operator gives it', async () => {
    const { created, fail, filter, queued } = await ownObject();
    await fail('unknown', { class: 'outcome-unknown', errorCode: 'OUTCOME_UNKNOWN' });
    await dlq('redrive', '--yes', ...queued);
    const without = await dlq('unpark', '--yes', ...filter);
    expect([without.exitCode, without.report.queues.parked.results.refused]).toEqual([1, 1]);
    const withIt = await dlq('unpark', '--yes', ...filter, '--not-applied');
    expect([withIt.exitCode, withIt.report.queues.parked.results.redriven]).toEqual([0, 1]);
    await created('unknown');
  });
});
