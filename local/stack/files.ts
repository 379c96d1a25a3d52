import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { StackError } from './errors.ts';
import { root } from './paths.ts';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';

/**
 * @returns undefined when there is no such file.
 * @throws StackError with Node's error code when there is one that can't be read.
 */
export async function readOptionalFile(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    const code = codeOf(cause);
    if (code === 'ENOENT') return undefined;
    const name = relative(root, path);
    throw new StackError(`${name} cannot be read (${code}): check its permissions.`, { cause });
  });
}

/**
 * The value of a JSON file, of whatever type.
 *
 * @param remedy what to do when the file is broken.
 * @returns undefined when there is no such file.
 * @throws StackError when it can't be read, or is not a JSON object.
 */
export async function readJsonFile(path: string, remedy: string) {
  const text = await readOptionalFile(path);
  if (text === undefined) return undefined;
  const broken = (cause?: unknown): StackError =>
    new StackError(`${relative(root, path)} is broken: it is not a JSON object. ${remedy}`, {
      cause,
    });
  let value: ReturnType<typeof JSON.parse>;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // Not the parser's message, which quotes the file.
    throw broken(error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw broken();
  return value;
}

/** Makes a folder whose files, such as the logs of other programs, are for its owner only, whatever their own permissions. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o700);
}

/** Writes a JSON file for its owner only. An interruption leaves the former file, never a part of the new one. */
export async function writeJsonFile(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  await rename(temporary, path);
}
