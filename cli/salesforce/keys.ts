import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { SetupError } from './errors.ts';

export interface KeyOptions {
  readonly folder: string;
  /** Names the files and the certificate's subject. */
  readonly name: string;
  readonly days: number;
  readonly now?: Date;
}

export interface KeyFiles {
  readonly keyFile: string;
  readonly certificateFile: string;
  readonly expires: Date;
}

const DAY_MS = 86_400_000;
const KEY_BITS = 2048;

const isExisting = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST';

/** A key that is in use is worth more than a new one: nothing that exists is touched. */
async function writeNew(file: string, text: string, mode: number): Promise<void> {
  await writeFile(file, text, { flag: 'wx', mode }).catch((cause: unknown) => {
    if (!isExisting(cause)) throw cause;
    throw new SetupError(`${file} exists already and is left as it is: give another --name.`, {
      cause,
    });
  });
}

/** Makes an RSA key and a self-signed certificate for it: the key stays here, the certificate goes to Salesforce. */
export async function makeKeys({
  folder,
  name,
  days,
  now = new Date(),
}: KeyOptions): Promise<KeyFiles> {
  const expires = new Date(now.getTime() + days * DAY_MS);
  const pair = await generate([{ name: 'commonName', value: name }], {
    keySize: KEY_BITS,
    algorithm: 'sha256',
    notBeforeDate: now,
    notAfterDate: expires,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
    ],
  });
  const keyFile = join(folder, `${name}.key`);
  const certificateFile = join(folder, `${name}.crt`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeNew(keyFile, pair.private, 0o600);
  await writeNew(certificateFile, pair.cert, 0o644).catch(async (error: unknown) => {
    await rm(keyFile);
    throw error;
  });
  return { keyFile, certificateFile, expires };
}
