import { describe, expect, it } from 'vitest';
import { startSimulator } from '../../../../local/salesforce/server.ts';
import { useCheckedOrg } from './harness.ts';

const { credentials: org, answering, check, control } = useCheckedOrg();

describe('salesforce check of permissions', () => {
  it.each([
    [{ createable: false, updateable: false }, 'not createable, not updateable'],
    [{ createable: true, updateable: false }, 'is not updateable'],
  ])('fails when the user has %j', async (rights, detail) => {
    const send = answering('/Contact/describe', rights);
    const { exitCode, failed, statuses } = await check(
      ['--object', 'Contact', '--object', 'Case'],
      {
        send,
      },
    );
    expect(exitCode).toBe(1);
    expect(failed?.detail).toContain(detail);
    expect(failed?.remedy).toContain('permission set');
    expect(statuses).toMatchObject({ 'object Case': 'ok', 'daily limit': 'ok' });
  });

  it('fails when the user cannot see the object', async () => {
    await control().addFault({
      match: { path: '/describe' },
      status: 404,
      errorCode: 'NOT_FOUND',
      times: 1,
      after: 'before',
    });
    const { failed } = await check(['--object', 'Secret__c']);
    expect(failed).toMatchObject({
      step: 'object Secret__c',
      detail: expect.stringContaining('NOT_FOUND (HTTP 404)'),
      remedy: expect.stringContaining('read access'),
    });
  });
});

describe('salesforce check of the daily limit', () => {
  const usage = (api: string) => ({ headers: { 'sforce-limit-info': `api-usage=${api}` } });
  const denied = [{ errorCode: 'INSUFFICIENT_ACCESS', message: 'no' }];

  it('reads the header when the user cannot read /limits', async () => {
    const send = answering('/limits', denied, { statusCode: 403, ...usage('40/100') });
    const { checks } = await check([], { send });
    expect(checks.at(-1)).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('60 of 100'),
    });
  });

  it('warns when less than a fifth is left', async () => {
    const send = answering('/limits', { DailyApiRequests: { Max: 100, Remaining: 19 } });
    const { checks, exitCode } = await check([], { send });
    expect({ exitCode, last: checks.at(-1)?.status }).toEqual({ exitCode: 0, last: 'warning' });
  });

  it('fails when /limits reports no remaining calls', async () => {
    const send = answering('/limits', { DailyApiRequests: { Max: 100, Remaining: 0 } });
    const { exitCode, failed } = await check([], { send });
    expect({ exitCode, step: failed?.step }).toEqual({ exitCode: 1, step: 'daily limit' });
  });

  it('fails when Salesforce rejects every call', async () => {
    const small = await startSimulator({ org, dailyApiRequests: 0 });
    const { exitCode, failed } = await check([], { change: { server: small.url } });
    await small.close();
    expect(exitCode).toBe(1);
    expect(failed).toMatchObject({
      step: 'daily limit',
      detail: expect.stringContaining('REQUEST_LIMIT_EXCEEDED'),
      remedy: expect.stringContaining('24 hours'),
    });
  });
});
