import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../../functions/common/sha256.ts';
import { Claims } from '../../../../functions/salesforce-apicall/mapping/claims.ts';
import type {
  FindStep,
  Step,
} from '../../../../functions/salesforce-apicall/mapping/definition.ts';
import type { ApiResponse } from '../../../../functions/salesforce-apicall/salesforce/client.ts';
import { createHarness, sqsRecord } from '../harness.ts';
import { busEvent, constant, mappingOf } from './execution-harness.ts';
import { createLocalOrg } from './local-org.ts';

const findContact: FindStep = {
  verb: 'find',
  name: 'contact',
  as: 'contact',
  object: 'Contact',
  where: [{ Email: { source: 'detail.email', place: 'where[0].Email' } }],
  select: ['Id'],
  many: 'first',
  none: 'continue',
  order: 'Id',
};

const createTask: Step = {
  verb: 'create',
  name: 'create-Task',
  object: 'Task',
  nulls: 'clear',
  fields: { Subject: { source: 'detail.email', place: 'fields.Subject' } },
};

const config = { mappedSources: ['shop'], mappedDetailTypes: ['Order Placed'] };

/** A scene with a Salesforce that fails every query with this value. */
function scene(poison: () => ApiResponse, steps: readonly Step[] = [findContact, createTask]) {
  const org = createLocalOrg();
  const isPoisoned = (text: string): boolean => text.includes('poison') && text.includes('SELECT');
  const harness = createHarness({
    callSalesforce: (call) =>
      isPoisoned(decodeURIComponent(`${call.path} ${call.body ?? ''}`).replaceAll('+', ' '))
        ? Promise.resolve(poison())
        : org.callSalesforce(call),
    config,
    mappings: [mappingOf(steps)],
  });
  return { ...harness, org };
}

const records = (emails: readonly string[]) =>
  emails.map((email, index) =>
    sqsRecord(busEvent(`e${index}`, { email }), { messageId: `m${index}`, sentAt: Date.now() }),
  );

const error = (status: number, errorCode: string): ApiResponse => ({
  status,
  headers: {},
  body: [{ errorCode, message: 'm' }],
});

describe('one value that makes every query fail that it is in', () => {
  it.each([
    ['500', error(500, 'UNKNOWN_EXCEPTION'), 'retry'],
    ['a maintenance page', { ...error(503, ''), body: 'We are down for maintenance.' }, 'retry'],
    ['a time-out', error(400, 'QUERY_TIMEOUT'), 'retry'],
    ['401', error(401, 'INVALID_SESSION_ID'), 'dead-letter'],
    ['refused rights', error(403, 'INSUFFICIENT_ACCESS'), 'dead-letter'],
    ['a refusal', error(400, 'MALFORMED_QUERY'), 'dead-letter'],
  ])('with %s holds back no other event', async (_how, answer, end) => {
    const { run, org, deadLetters, counted } = scene(() => answer);
    const emails = Array.from({ length: 40 }, (_, index) =>
      index === 7 ? 'poison@example.com' : `person-${index}@example.com`,
    );
    const left = await run(records(emails));
    expect(await org.rows('SELECT Id FROM Task')).toHaveLength(39);
    expect(left).toEqual(end === 'retry' ? ['m7'] : []);
    expect(deadLetters).toHaveLength(end === 'retry' ? 0 : 1);
    expect(counted.join()).not.toContain('BreakerOpened');
  });
});

describe('an event whose detail is a CloudEvent', () => {
  const element = { specversion: '1.0', id: 'EZ1', source: '/flows/1', type: 'flow.started' };
  const own: Step = { ...createTask, fields: { Subject: constant('x') } } as Step;

  it('runs its mapping, and is answered by the ids of the CloudEvent', async () => {
    const { run, replies, org } = scene(() => error(500, ''), [own]);
    await run([sqsRecord(busEvent('e', { ...element, data: {} }))]);
    expect(await org.rows('SELECT Id FROM Task')).toHaveLength(1);
    expect(replies()).toMatchObject([{ category: 'success', processedid: 'EZ1' }]);
  });

  it('does so too if it is none that a request could be read from', async () => {
    const { run, org } = scene(() => error(500, ''), [own]);
    const others = { datacontenttype: 'text/plain', data_base64: '%', time: 'yesterday' };
    await run([sqsRecord(busEvent('e', { ...element, ...others }))]);
    expect(await org.rows('SELECT Id FROM Task')).toHaveLength(1);
  });
});

describe('claim checks whose payloads do not come', () => {
  it('leave time for the rest of the batch: after a while, no more is asked for', async () => {
    const asked: string[] = [];
    const claims = new Claims({
      bucket: 'payloads',
      retentionDays: 30,
      remainingMs: () => 60_000,
      maxMs: 50,
      now: Date.now,
      readObject: (key, { abortSignal }) => {
        asked.push(key);
        return new Promise((_, reject) => {
          abortSignal.addEventListener('abort', () => reject(abortSignal.reason));
        });
      },
    });
    const claim = (id: string) =>
      busEvent(id, {
        bucket: 'payloads',
        key: `claims/2026-01-01/${id}`,
        bytes: 2,
        sha256: sha256('{}'),
      });
    expect(await claims.read(claim('a'))).toMatchObject({ outcome: { class: 'retry-soon' } });
    expect(await claims.read(claim('b'))).toEqual({ kind: 'not-started' });
    expect(asked).toEqual(['claims/2026-01-01/a']);
  });
});
