import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { CliError, isErrorNamed, UsageError } from '../errors.ts';

export interface KeyOptions {
  readonly json?: boolean;
  readonly folder: string;
  /** The base name of both files, and the certificate's subject. */
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

/** Never overwrites a file: a key in use cannot be recreated. */
async function writeNew(file: string, text: string, mode: number): Promise<void> {
  await writeFile(file, text, { flag: 'wx', mode }).catch((cause: unknown) => {
    if (!isErrorNamed(cause, 'EEXIST')) throw cause;
    throw new CliError(`${file} exists already and was not changed: pass another --name.`, {
      cause,
    });
  });
}

/** Creates an RSA key, which stays on this machine, and a self-signed certificate for it, which goes to Salesforce. */
export async function createKeys({
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
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new UsageError(`${folder} cannot be made: pass another --folder.`, { cause });
  });
  await writeNew(keyFile, pair.private, 0o600);
  await writeNew(certificateFile, pair.cert, 0o644).catch(async (error: unknown) => {
    await rm(keyFile);
    throw error;
  });
  return { keyFile, certificateFile, expires };
}
