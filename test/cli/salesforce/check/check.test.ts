import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { remedies } from '../../../../cli/salesforce/remedies.ts';
import { DEFAULT_API_VERSION } from '../../../../cli/salesforce/settings.ts';
import { root } from '../../../../local/stack/paths.ts';
import { makeKeyPair } from '../../../../local/stack/simulator.ts';
import { fakeAws, makeFile, run } from '../harness.ts';
import { useCheckedOrg } from './harness.ts';

const { credentials: org, answering, check, secretOf, url } = useCheckedOrg();

describe('salesforce check', () => {
  it('passes every step with the jwt flow', async () => {
    const { checks, exitCode, ok } = await check(['--object', 'Contact', '--object', 'Order__e']);
    expect({ exitCode, ok }).toEqual({ exitCode: 0, ok: true });
    expect(checks.map(({ detail, status, step }) => `${status} ${step}: ${detail}`)).toEqual([
      expect.stringContaining('ok secret: arn:aws:secretsmanager'),
      `ok fields: all fields of the jwt flow, for ${url()}`,
      'ok key: RSA, 2048 bits',
      `ok login: by jwt, at ${url()}`,
      'ok API version: v68.0 is served; the latest is v68.0',
      'ok object Contact: createable, updateable',
      'ok object Order__e: createable',
      'ok mappings: none is enabled (Mappings)',
      'ok daily limit: 997 of 1000 API calls of the last 24 hours remain',
    ]);
  });

  it("uses the stack's flow", async () => {
    const { statuses } = await check([], { parameters: { AuthFlow: 'client_credentials' } });
    expect(statuses).toMatchObject({ login: 'ok' });
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

  it.each<[string, Record<string, unknown>, string[], string, string, string]>([
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
      mappings: 'skipped',
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
      {},
    ]);
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
