import { readFile } from 'node:fs/promises';
import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { UsageError } from '../errors.ts';
import { type Aws, explain } from './aws.ts';

const shape = z.record(z.string(), z.string());

const isExisting = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ResourceExistsException';

/** The file's text, if it is an object of texts: dynamic references read such fields only. */
async function readSecretFile(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${file} cannot be read.`, { cause });
  });
  if (shape.safeParse(parseJson(text)).success) return text;
  throw new UsageError(
    `${file} must hold a JSON object whose fields are texts, such as {"apiKey": "…"}.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Makes a secret of a file, or writes a new version of one. Its value never shows on a command line. */
export async function writeSecret({ secretsManager }: Aws, Name: string, file: string) {
  const SecretString = await readSecretFile(file);
  const { ARN = '', VersionId = '' } = await secretsManager
    .send(new CreateSecretCommand({ Name, SecretString }))
    .catch((error: unknown) => {
      if (!isExisting(error)) return explain(error);
      return secretsManager
        .send(new PutSecretValueCommand({ SecretId: Name, SecretString }))
        .catch(explain);
    });
  return { arn: ARN, versionId: VersionId };
}
