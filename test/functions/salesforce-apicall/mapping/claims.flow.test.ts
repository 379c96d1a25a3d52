import { describe, expect, it } from 'vitest';
import { findPolicy } from '../../../../functions/common/failure-policy.ts';
import { sha256 } from '../../../../functions/common/sha256.ts';
import { Claims } from '../../../../functions/salesforce-apicall/mapping/claims.ts';
import type { Step } from '../../../../functions/salesforce-apicall/mapping/definition.ts';
import { createHarness, sqsRecord } from '../harness.ts';
import { mappingOf } from './execution-harness.ts';
import { createLocalOrg } from './local-org.ts';

const createTask: Step = {
  verb: 'create',
  name: 'create-Task',
  object: 'Task',
  nulls: 'clear',
  fields: { Subject: { source: 'detail.title', place: 'fields.Subject' } },
};

const STORED_ON = '2026-01-01';
const DAY_MS = 86_400_000;
const KEY = `claims/${STORED_ON}/4c1d`;
const BODY = JSON.stringify({ title: 'A large order', big: true });

const claimOf = (change: object = {}) => ({
  bucket: 'payloads',
  key: KEY,
  bytes: Buffer.byteLength(BODY),
  sha256: sha256(BODY),
  ...change,
});

const claimCheck = (id: string, detail: unknown) => ({
  version: '0',
  id,
  'detail-type': 'Order Placed.claim-check',
  source: 'shop',
  time: `${STORED_ON}T00:00:00Z`,
  resources: [],
  detail,
});

/** What becomes of a claim check, with these objects in the bucket. */
async function handle(detail: unknown, objects: Readonly<Record<string, string>> = {}) {
  const org = createLocalOrg();
  const { run, deadLetters, replies } = createHarness({
    callSalesforce: org.callSalesforce,
    config: { mappedSources: ['shop'], mappedDetailTypes: ['Order Placed'] },
    mappings: [
      mappingOf([createTask], {
        on: { source: ['shop'], 'detail-type': ['Order Placed'], detail: { big: [true] } },
      }),
    ],
    payloads: new Map(Object.entries(objects)),
  });
  const left = await run([sqsRecord(claimCheck('event-1', detail))]);
  const tasks = await org.rows('SELECT Subject FROM Task');
  return { left, failure: deadLetters[0]?.failure, replies: replies(), tasks };
}

describe('the claim check of a mapped event', () => {
  it('is the event whose payload it stands for', async () => {
    const { left, failure, tasks } = await handle(claimOf(), { [KEY]: BODY });
    expect({ left, failure }).toEqual({ left: [], failure: undefined });
    expect(tasks).toMatchObject([{ Subject: 'A large order' }]);
  });

  it('whose payload has been deleted is parked as CLAIM_EXPIRED', async () => {
    const { failure, replies, tasks } = await handle(claimOf());
    expect(failure).toMatchObject({ class: 'claim-expired', errorCode: 'CLAIM_EXPIRED' });
    expect(findPolicy('claim-expired')?.redrive).toEqual({ park: 'CLAIM_EXPIRED' });
    expect(replies).toMatchObject([{ category: 'error', processedid: 'event-1' }]);
    expect(tasks).toEqual([]);
  });

  it.each([
    ['another payload of the same length', claimOf(), { [KEY]: BODY.replace('large', 'LARGE') }],
    ['a longer payload', claimOf(), { [KEY]: `${BODY} ` }],
    ['fewer bytes than its payload has', claimOf({ bytes: 1 }), { [KEY]: BODY }],
    ['a payload that is not JSON', claimOf({ bytes: 1, sha256: sha256('{') }), { [KEY]: '{' }],
    ['another bucket', claimOf({ bucket: 'others' }), { [KEY]: BODY }],
    ['a key outside its folder', claimOf({ key: 'parked/2026-01-01/x' }), {}],
    ['a key that leads out of its folder', claimOf({ key: `claims/${STORED_ON}/../x` }), {}],
    ['no digest', claimOf({ sha256: undefined }), { [KEY]: BODY }],
    ['more bytes than a payload can have', claimOf({ bytes: 9_000_000 }), { [KEY]: BODY }],
    ['nothing that a claim check has', 'x', {}],
  ])('with %s is refused, and nothing of it is written', async (_what, detail, objects) => {
    const { failure, tasks } = await handle(detail, objects);
    expect(failure).toMatchObject({ class: 'permanent-data', errorCode: 'CLAIM_INVALID' });
    expect(JSON.stringify(failure)).not.toContain('large');
    expect(tasks).toEqual([]);
  });
});

/** Reads a claim check so many days after its payload was stored, when S3 refuses with this error. */
async function readRefused(name: string, days: number, message = 'refused') {
  const claims = new Claims({
    bucket: 'payloads',
    readObject: async () => {
      throw Object.assign(new Error(message), { name });
    },
    retentionDays: 30,
    remainingMs: () => 50_000,
    now: () => Date.parse(STORED_ON) + days * DAY_MS,
  });
  const result = await claims.read({ ...claimCheck('event-1', claimOf()) });
  if (!('outcome' in result) || result.outcome.kind !== 'failure') throw new Error('not refused');
  return result.outcome;
}

describe('a payload that S3 does not give', () => {
  it('has expired if its rights are refused after its days, because they are to keys that exist', async () => {
    expect(await readRefused('AccessDenied', 30)).toMatchObject({ class: 'claim-expired' });
  });

  it('has not expired if they are refused before: a right is missing, and another try can help', async () => {
    const outcome = await readRefused('AccessDenied', 29);
    expect(outcome.class).not.toBe('claim-expired');
    expect(findPolicy(outcome.class)?.retry).not.toBe('never');
  });

  it('is asked for again when S3 is not available', async () => {
    const { class: failed } = await readRefused('SlowDown', 29);
    expect(findPolicy(failed)?.retry).not.toBe('never');
  });
});

describe('the claim checks of a batch', () => {
  it('are held up to 48 MB at once, and the others stay for a later batch', async () => {
    const body = Buffer.alloc(8_000_000, ' ');
    body.write('{}');
    const claims = new Claims({
      bucket: 'payloads',
      readObject: async () => body,
      retentionDays: 30,
      remainingMs: () => 50_000,
      now: () => Date.parse(STORED_ON),
    });
    const detail = claimOf({ bytes: body.byteLength, sha256: sha256(body) });
    const results = [];
    for (let index = 0; index < 7; index += 1)
      results.push(await claims.read({ ...claimCheck(`event-${index}`, detail) }));
    expect(results.slice(0, 6)).toEqual(Array(6).fill({ detail: {} }));
    expect(results[6]).toEqual({ kind: 'not-started' });
  });
});
