import { beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../local/demo/queues.ts';
import { waitFor } from '../../local/stack/wait.ts';
import {
  messageIn,
  observer,
  org,
  REQUEST,
  reprocess,
  reprocessOne,
  request,
  uniqueId,
} from './harness.ts';

const OBJECT = 'Unclear__c';

/** A create whose answer is lost before or after Salesforce's commit, parked. @returns the id of its event. */
async function parkUnknownOutcome(key: string, after: 'before' | 'commit'): Promise<string> {
  await org.addFault({ match: { body: key }, reset: true, times: 1, after });
  const payload = { Marker__c: key };
  const detail = { action: 'POST', resource: 'sobjects', object: OBJECT, payload };
  const id = await request({ ...detail, idempotencyKey: key });
  const message = await messageIn('apicall', id);
  expect(failureOf(message)?.class).toBe('outcome-unknown');
  await reprocessOne('apicall', message, 'parked');
  return id;
}

/** The data of the reply that reports success: a reply that reports the failure came before it. */
const success = (requestId: string) =>
  waitFor('the reply', async () => {
    const event = await observer.find(
      ({ 'detail-type': type, detail: { processedid, category } }) =>
        type === `${REQUEST}.response` && processedid === requestId && category === 'success',
    );
    return event?.detail['data'];
  });

const records = async (key: string) =>
  (await org.records(OBJECT)).filter((record) => record['Marker__c'] === key);

/** The reprocessor refuses for as long as the invocation that made the call may still run. */
const unpark = (key: string, outcome: object) =>
  waitFor(
    'the message to be unparked',
    async () => {
      const filter = { reason: 'OUTCOME_UNKNOWN', path: { '$.detail.idempotencyKey': key } };
      const report = await reprocess({ action: 'unpark', filter, ...outcome });
      return report?.parked?.results.redriven === 1 ? true : undefined;
    },
    // Each invocation reads what all tests have parked.
    { intervalMs: 1_000 },
  );

const applied = { key: uniqueId(), id: '' };
const notApplied = { key: uniqueId(), id: '' };

describe('a create with an unknown outcome, unparked as', () => {
  // Both at once, so that the reprocessor refuses both for the same seconds.
  beforeAll(async () => {
    applied.id = await parkUnknownOutcome(applied.key, 'commit');
    notApplied.id = await parkUnknownOutcome(notApplied.key, 'before');
  });

  it('applied: replies with its id, and creates no second record', async () => {
    const { id, key } = applied;
    const [record] = await records(key);
    await unpark(key, { applied: true, recordId: record?.Id });
    expect(await success(id)).toMatchObject({ id: record?.Id, success: true });
    expect(await records(key)).toHaveLength(1);
  });

  it('notApplied: creates exactly one record', async () => {
    const { id, key } = notApplied;
    expect(await records(key)).toHaveLength(0);
    const filter = { reason: 'OUTCOME_UNKNOWN', path: { '$.detail.idempotencyKey': key } };
    const command = { action: 'unpark', filter, notApplied: true };
    const dryRun = await reprocess({ ...command, dryRun: true });
    // Refused while the invocation that made the call may still run.
    const { redriven = 0, refused = 0 } = dryRun?.parked?.results ?? {};
    expect(redriven + refused).toBe(1);
    expect(await records(key)).toHaveLength(0);
    await unpark(key, { notApplied: true });
    await success(id);
    expect(await records(key)).toHaveLength(1);
  });
});
