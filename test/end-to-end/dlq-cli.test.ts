import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { root } from '../../local/stack/paths.ts';
import { waitFor } from '../../local/stack/wait.ts';
import { org, output, sendMessage } from './kit.ts';

const OBJECT = 'Dlq_Cli__c';

/** A request for a record of its own, as apicall leaves it in its dead-letter queue. */
const fail = (marker: string, failure: object) =>
  sendMessage(
    output('ApiCallDlqUrl'),
    JSON.stringify({
      action: 'POST',
      resource: 'sobjects',
      object: OBJECT,
      payload: { Marker__c: marker },
      idempotencyKey: `dlq-cli/${marker}`,
    }),
    JSON.stringify({ message: 'as the org says', attempts: 1, correlation: {}, ...failure }),
  );

async function dlq(...args: string[]) {
  const all = ['run', '--silent', 'dlq', '--', ...args, '--local', '--json'];
  const { exitCode, stdout, stderr } = await execa('npm', all, { cwd: root, reject: false });
  expect(stderr).toBe('');
  return { exitCode, report: JSON.parse(stdout) };
}

const ours = ['--filter', `object=${OBJECT}`];
const failed = ['--queue', 'apicall', ...ours];

const arrived = (...markers: string[]) =>
  waitFor(`the records ${markers.join(', ')}`, async () => {
    const found = (await org.records(OBJECT)).map((record) => record['Marker__c']);
    return found.toSorted().join() === markers.toSorted().join() ? true : undefined;
  });

describe('npm run dlq on a deployed stack', () => {
  it('shows each letter with its reason, and leaves it where it is', async () => {
    await fail('lock', { class: 'retry-soon', errorCode: 'UNABLE_TO_LOCK_ROW' });
    await fail('data', { class: 'permanent-data', errorCode: 'REQUIRED_FIELD_MISSING' });
    await fail('later', {
      class: 'retry-later',
      errorCode: 'REQUEST_LIMIT_EXCEEDED',
      notBefore: new Date(Date.now() + 3_600_000).toISOString(),
    });
    const status = await dlq('status', '--queue', 'apicall');
    expect(status.report.queues.apicall.left.visible).toBeGreaterThanOrEqual(3);
    const { exitCode, report } = await dlq('preview', ...failed);
    expect(exitCode).toBe(0);
    expect(report.queues.apicall.results).toMatchObject({ redriven: 1, parked: 1, waiting: 1 });
    expect(report.queues.apicall.letters).toContainEqual(
      expect.objectContaining({ reason: 'PERMANENT', message: 'as the org says', object: OBJECT }),
    );
  });

  it('redrives what the filter names, in time or by force, and parks what no try helps', async () => {
    const { exitCode, report } = await dlq(
      'redrive',
      '--yes',
      ...failed,
      '--filter',
      'reason=retry-soon',
    );
    expect([exitCode, report.queues.apicall.results.redriven]).toEqual([0, 1]);
    await arrived('lock');
    const later = ['--force', '--filter', 'error-code=REQUEST_LIMIT_EXCEEDED'];
    expect((await dlq('redrive', '--yes', ...failed, ...later)).exitCode).toBe(0);
    await arrived('lock', 'later');
    const parked = await dlq('redrive', '--yes', ...failed);
    expect(parked.report.queues.apicall.byReason).toMatchObject({ PERMANENT: 1 });
  });

  it('parks by command, and unparks what was parked', async () => {
    await fail('aside', { class: 'retry-soon', errorCode: 'UNABLE_TO_LOCK_ROW' });
    const parked = await dlq('park', '--yes', ...failed);
    expect(parked.report.queues.apicall.byReason).toMatchObject({ BY_COMMAND: 1 });
    const { exitCode, report } = await dlq('unpark', '--yes', ...ours);
    expect([exitCode, report.queues.parked.results.redriven]).toEqual([0, 2]);
    await arrived('lock', 'later', 'data', 'aside');
  });

  it('leaves an unknown outcome until somebody says what it was', async () => {
    await fail('unknown', { class: 'outcome-unknown', errorCode: 'OUTCOME_UNKNOWN' });
    await dlq('redrive', '--yes', ...failed);
    const unsaid = await dlq('unpark', '--yes', ...ours);
    expect([unsaid.exitCode, unsaid.report.queues.parked.results.refused]).toEqual([1, 1]);
    const said = await dlq('unpark', '--yes', ...ours, '--not-applied');
    expect([said.exitCode, said.report.queues.parked.results.redriven]).toEqual([0, 1]);
    await arrived('lock', 'later', 'data', 'aside', 'unknown');
  });
});
