import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startSimulator } from '../../../../local/salesforce/server.ts';
import { makeFolder, run } from '../harness.ts';
import { useCheckedOrg } from './harness.ts';

const { credentials: org, answering, check, secretOf } = useCheckedOrg();

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
