import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder, run } from './harness.ts';

const read = (folder: string, name: string) => readFile(join(folder, name), 'utf8');

describe('salesforce keys', () => {
  it('creates an RSA key and a certificate that belongs to it', async () => {
    const folder = join(await makeFolder(), 'new', 'folder');
    const { exitCode, output } = await run(['keys', '--folder', folder, '--name', 'acme']);
    expect(exitCode).toBe(0);
    const key = createPrivateKey(await read(folder, 'acme.key'));
    const certificate = new X509Certificate(await read(folder, 'acme.crt'));
    expect(key).toMatchObject({
      asymmetricKeyType: 'rsa',
      asymmetricKeyDetails: { modulusLength: 2048 },
    });
    expect(certificate.checkPrivateKey(key)).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate).toMatchObject({ subject: 'CN=acme', issuer: 'CN=acme', ca: false });
    expect(output).toContain(join(folder, 'acme.crt'));
    expect(output).not.toContain('BEGIN');
  });

  it('prints one JSON document with --json', async () => {
    const folder = join(await makeFolder(), 'new');
    const { output } = await run(['keys', '--folder', folder, '--json']);
    expect(JSON.parse(output)).toEqual({
      command: 'salesforce keys',
      ok: true,
      result: {
        keyFile: join(folder, 'salesforce.key'),
        certificateFile: join(folder, 'salesforce.crt'),
        expires: expect.stringMatching(/Z$/),
      },
    });
  });

  it('makes the key readable for its owner only', async () => {
    const folder = join(await makeFolder(), 'new');
    await run(['keys', '--folder', folder]);
    expect((await stat(join(folder, 'salesforce.key'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('makes the certificate valid for --days', async () => {
    const folder = await makeFolder();
    await run(['keys', '--folder', folder, '--days', '30']);
    const { validToDate } = new X509Certificate(await read(folder, 'salesforce.crt'));
    const days = (validToDate.getTime() - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThanOrEqual(30);
  });

  it.each(['salesforce.key', 'salesforce.crt'])('never overwrites %s', async (name) => {
    const folder = await makeFolder();
    await writeFile(join(folder, name), 'in use');
    const { exitCode, output } = await run(['keys', '--folder', folder]);
    expect(exitCode).toBe(1);
    expect(output).toContain(`${name} exists already`);
    expect(await readdir(folder)).toEqual([name]);
    expect(await read(folder, name)).toBe('in use');
  });
});
