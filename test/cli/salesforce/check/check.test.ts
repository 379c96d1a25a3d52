import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { remedies } from '../../../../cli/salesforce/remedies.ts';
import { DEFAULT_API_VERSION } from '../../../../cli/salesforce/settings.ts';
import {
  createTransport,
  type Send,
} from '../../../../functions/salesforce-apicall/salesforce/transport.ts';
import { simulatedOrg } from '../../../../local/demo/salesforce.ts';
import { type Simulator, startSimulator } from '../../../../local/salesforce/server.ts';
import { root } from '../../../../local/stack/paths.ts';
import {
  makeKeyPair,
  makeOrgCredentials,
  salesforceSecretOf,
} from '../../../../local/stack/simulator.ts';
import { fakeAws, makeFile, makeFolder, run } from '../harness.ts';

const org = makeOrgCredentials();
const transport = createTransport();
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ org, dailyApiRequests: 1_000 });
});
beforeEach(() => fetch(`${simulator.url}/__sim/reset`, { method: 'POST' }));
afterAll(() => simulator.close());

type Change = Readonly<Record<string, unknown>>;

const secretOf = (change: Change = {}): string =>
  JSON.stringify({ ...JSON.parse(salesforceSecretOf(simulator.url, org)), ...change });

interface Check {
  readonly step: string;
  readonly status: string;
  readonly detail: string;
  readonly remedy?: string;
}

interface Setup {
  readonly change?: Change;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly send?: Send;
}

/** Runs `check` against the simulated org, with the secret in AWS. */
async function check(args: readonly string[] = [], setup: Setup = {}) {
  const { change, parameters = {}, send = transport } = setup;
  const { clients } = fakeAws({ parameters, secret: secretOf(change) });
  const { exitCode, output } = await run(['check', '--json', ...args], { clients, send });
  const { ok, result } = JSON.parse(output);
  const checks: Check[] = result.checks;
  const statuses = Object.fromEntries(checks.map(({ step, status }) => [step, status]));
  const failed = checks.find(({ status }) => status === 'failed');
  return { exitCode, output, ok, checks, statuses, failed };
}

/** Answers requests whose URL ends in `end` in place of Salesforce. */
const answering =
  (end: string, body: unknown, { statusCode = 200, headers = {} } = {}): Send =>
  (request) => {
    if (!request.url.endsWith(end)) return transport(request);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return Promise.resolve({ statusCode, headers, body: text });
  };

describe('salesforce check', () => {
  it('passes every step with the jwt flow', async () => {
    const { checks, exitCode, ok } = await check(['--object', 'Contact', '--object', 'Order__e']);
    expect({ exitCode, ok }).toEqual({ exitCode: 0, ok: true });
    expect(checks.map(({ detail, status, step }) => `${status} ${step}: ${detail}`)).toEqual([
      expect.stringContaining('ok secret: arn:aws:secretsmanager'),
      `ok fields: all fields of the jwt flow, for ${simulator.url}`,
      'ok key: RSA, 2048 bits',
      `ok login: by jwt, at ${simulator.url}`,
      'ok API version: v68.0 is served; the latest is v68.0',
      'ok object Contact: createable, updateable',
      'ok object Order__e: createable',
      'ok daily limit: 997 of 1000 API calls of the last 24 hours remain',
    ]);
  });

  it("uses the stack's flow, and checks the objects of its rules", async () => {
    const parameters = { AuthFlow: 'client_credentials', Mappings: 'github-issue-to-case' };
    const { statuses } = await check([], { parameters });
    expect(statuses).toMatchObject({ login: 'ok', 'object Case': 'ok' });
    expect(statuses).not.toHaveProperty('key');
  });

  it('logs in with an encrypted key', async () => {
    const certKey = createPrivateKey(org.privateKey)
      .export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' })
      .toString();
    const { ok } = await check([], { change: { certKey, passphrase: 'open sesame' } });
    expect(ok).toBe(true);
  });

  it('warns about the password flow without failing', async () => {
    const { exitCode, statuses } = await check(['--flow', 'password']);
    expect({ exitCode, statuses }).toMatchObject({ exitCode: 0, statuses: { fields: 'warning' } });
  });

  it('checks the secret of a file without calling AWS', async () => {
    const file = await makeFile(secretOf());
    const { exitCode, output } = await run(['check', '--secret-file', file]);
    expect(exitCode).toBe(0);
    expect(output).toMatch(/ok {7}login: .*Salesforce is ready\.$/s);
  });

  it('prints the remedy on a line of its own', async () => {
    const file = await makeFile(secretOf({ user: 'nobody' }));
    const { exitCode, output } = await run(['check', '--secret-file', file]);
    expect(exitCode).toBe(1);
    expect(output).toMatch(/failed {3}login: .*\n {9}→ Set Permitted Users.*is not ready\.$/s);
  });
});

describe('salesforce check reports the failure and its remedy', () => {
  const otherKey = makeKeyPair().privateKey;

  it.each<[string, Change, string[], string, string, string]>([
    [
      'user',
      { user: 'nobody' },
      [],
      'login',
      "user hasn't approved this consumer",
      'pre-authorized',
    ],
    ['key', { certKey: otherKey }, [], 'login', 'invalid assertion', 'Upload the certificate'],
    ['app', { clientID: 'other' }, [], 'login', 'client identifier invalid', 'consumer key'],
    [
      'audience',
      {},
      ['--audience', 'https://other.example'],
      'login',
      'audience is invalid',
      'My Domain',
    ],
    [
      'consumer secret',
      { clientSecret: 'other' },
      ['--flow', 'client_credentials'],
      'login',
      'invalid client credentials',
      'consumer secret',
    ],
    [
      'password',
      { password: 'other' },
      ['--flow', 'password'],
      'login',
      'authentication failure',
      'Login History',
    ],
    ['host', { server: 'http://127.0.0.1:1' }, [], 'login', 'ECONNREFUSED', "secret's server"],
    ['field', { user: '' }, [], 'fields', 'lacks user', 'npm run salesforce -- secret'],
    ['key text', { certKey: 'none' }, [], 'key', 'certKey is not', 'npm run salesforce -- secret'],
    ['version', {}, ['--api-version', 'v99.0'], 'API version', 'v99.0 is not served', 'v68.0'],
  ])('for a wrong %s', async (_what, change, args, step, detail, remedy) => {
    const { exitCode, failed } = await check(args, { change });
    expect(exitCode).toBe(1);
    expect(failed).toMatchObject({
      step,
      detail: expect.stringContaining(detail),
      remedy: expect.stringContaining(remedy),
    });
  });

  it('for a secret without a value', async () => {
    const { exitCode, output } = await run(['check'], { clients: fakeAws().clients });
    expect(exitCode).toBe(1);
    expect(output).toMatch(/failed {3}secret: The secret has no value yet.*skipped {2}login/s);
  });

  it('skips the steps that need a failed one', async () => {
    const { statuses } = await check(['--object', 'Contact'], { change: { user: 'nobody' } });
    expect(statuses).toEqual({
      secret: 'ok',
      fields: 'ok',
      key: 'ok',
      login: 'failed',
      'API version': 'skipped',
      'object Contact': 'skipped',
      'daily limit': 'skipped',
    });
  });

  it('for a login host without an API', async () => {
    const { checks } = await check([], {
      change: { server: 'https://login.salesforce.com' },
      send: answering(
        '/token',
        { error: 'app_not_found', error_description: 'gone' },
        { statusCode: 400 },
      ),
    });
    expect(checks).toMatchObject([
      {},
      { status: 'warning', remedy: expect.stringContaining('My Domain') },
      {},
      { remedy: expect.stringContaining('My Domain') },
      {},
      {},
    ]);
  });
});

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
    await simulatedOrg(simulator.url).addFault({
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

describe('salesforce check --certificate', () => {
  const keys = async (days = 30): Promise<string> => {
    const folder = await makeFolder();
    await run(['keys', '--folder', folder, '--days', String(days)]);
    return join(folder, 'salesforce');
  };

  it('passes with the key and certificate of salesforce keys', async () => {
    const files = await keys();
    const certificate = await readFile(`${files}.crt`, 'utf8');
    const own = await startSimulator({ org: { ...org, certificate } });
    const change = { server: own.url, certKey: await readFile(`${files}.key`, 'utf8') };
    const { checks, ok } = await check(['--certificate', `${files}.crt`], { change });
    await own.close();
    expect(ok).toBe(true);
    expect(checks[2]?.detail).toContain('its certificate is valid until');
  });

  it('fails with the certificate of another key', async () => {
    const { failed } = await check(['--certificate', `${await keys()}.crt`]);
    expect(failed).toMatchObject({
      step: 'key',
      detail: expect.stringContaining('does not belong'),
    });
  });
});

describe('salesforce check without a stack', () => {
  it("uses the template's default API version", () => {
    const template = parse(readFileSync(join(root, 'template.yaml'), 'utf8'), {
      logLevel: 'silent',
    });
    expect(DEFAULT_API_VERSION).toBe(template.Parameters.SalesforceApiVersion.Default);
  });
});

describe('docs/salesforce-setup.md', () => {
  const page = readFileSync(join(root, 'docs/salesforce-setup.md'), 'utf8').toLowerCase();
  it.each(Object.keys(remedies))('explains "%s"', (message) =>
    expect(page).toContain(`| \`${message.toLowerCase()}`),
  );
});

describe('salesforce check prints no secret', () => {
  it('even when Salesforce returns it', async () => {
    const encrypted = createPrivateKey(org.privateKey)
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' })
      .toString();
    const change = { certKey: encrypted, passphrase: 'open sesame' };
    const values: string[] = Object.values({ ...JSON.parse(secretOf()), ...change });
    const error_description = `no\u001b[31m ${org.clientSecret} ${org.password} open sesame ${encrypted} end`;
    const send = answering(
      '/token',
      { error: 'invalid_grant', error_description },
      { statusCode: 400 },
    );
    const { failed, output } = await check([], { change, send });
    expect(failed?.detail).toBe('Salesforce returned invalid_grant: no [31m *** *** *** *** end');
    const secrets = [encrypted, org.clientSecret, org.password, org.securityToken, 'open sesame'];
    expect(secrets.filter((secret) => !values.includes(secret))).toEqual([]);
    for (const secret of secrets) expect(output).not.toContain(secret);
  });

  it('and no token, and no HTML page of a gateway', async () => {
    const page = `<html>${'x'.repeat(5_000)}</html>`;
    const send = answering('/services/data', page, { statusCode: 503 });
    const { failed, output } = await check([], { send });
    expect(failed?.detail).toBe("The response is ERROR_HTTP_503, without Salesforce's JSON");
    expect(output).not.toMatch(/00D5g|xxx/);
  });
});
