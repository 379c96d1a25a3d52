import { readdir, readFile } from 'node:fs/promises';
import { isErrorNamed, UsageError } from './errors.ts';

/** The error for a file or folder that is there and can't be read, or whose absence is an error. */
function unreadable(path: string, cause: unknown): UsageError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
  const text = `${path} cannot be read (${code}): check the path and its permissions.`;
  return new UsageError(text, { cause });
}

/** Only a missing file is none: any other error may hide what the file says. */
const unlessMissing =
  <Nothing>(path: string, nothing: Nothing) =>
  (error: unknown): Nothing => {
    if (isErrorNamed(error, 'ENOENT')) return nothing;
    throw unreadable(path, error);
  };

/**
 * Reads a file that the command line names.
 *
 * @throws UsageError with Node's error code, such as ENOENT.
 */
export async function readTextFile(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw unreadable(file, cause);
  });
}

/**
 * @returns undefined when there is no such file.
 * @throws UsageError with Node's error code when there is one that can't be read.
 */
export const readOptionalFile = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch(unlessMissing(file, undefined));

/**
 * The names in a folder; none when there is no such folder.
 *
 * @throws UsageError with Node's error code when there is one that can't be read.
 */
export const listFolder = (folder: string): Promise<readonly string[]> =>
  readdir(folder).catch(unlessMissing(folder, []));
