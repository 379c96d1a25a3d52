import { beforeEach, describe, expect, it } from 'vitest';
import { created, error, useWidgetOrg } from './harness.ts';

const org = useWidgetOrg();
beforeEach(() => org().control('POST', 'reset'));

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const list = (what: string, start: string, end: string) =>
  org().rest(
    'GET',
    `/sobjects/Widget__c/${what}/?start=${encodeURIComponent(start)}&end=${encodeURIComponent(end)}`,
  );

describe('documented: sObject Get Updated and sObject Get Deleted', () => {
  it('list the ids that changed within the span', async () => {
    const kept = await created(org(), 'Widget__c', {});
    const gone = await created(org(), 'Widget__c', {});
    await org().rest('DELETE', `/sobjects/Widget__c/${gone}`);
    const span = [ago(5 * MINUTE), ago(-5 * MINUTE)] as const;
    expect((await list('updated', ...span)).body).toEqual({
      ids: [kept],
      latestDateCovered: expect.stringMatching(/:00\.000\+0000$/),
    });
    expect((await list('deleted', ...span)).body).toEqual({
      deletedRecords: [{ id: gone, deletedDate: expect.stringMatching(/\+0000$/) }],
      earliestDateAvailable: expect.any(String),
      latestDateCovered: expect.any(String),
    });
    expect((await list('updated', ago(5 * MINUTE), ago(2 * MINUTE))).body).toMatchObject({
      ids: [],
    });
  });

  it.each([
    ['updated', 'x', ago(0)],
    ['updated', ago(0), ago(MINUTE)],
    ['updated', ago(31 * DAY), ago(0)],
    ['deleted', ago(16 * DAY), ago(0)],
  ])("guess (SOAP's code): %s refuses %s to %s", async (what, start, end) => {
    const answer = await list(what, start, end);
    expect([answer.status, answer.body]).toEqual([
      400,
      error('INVALID_REPLICATION_DATE', expect.any(String)),
    ]);
  });

  it('a zone with a plus sign that is not encoded is understood', async () => {
    const start = ago(5 * MINUTE).replace('Z', '+00:00');
    const end = ago(0).replace('Z', '+00:00');
    expect(
      (await org().rest('GET', `/sobjects/Widget__c/updated?start=${start}&end=${end}`)).status,
    ).toBe(200);
  });
});
