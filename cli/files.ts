import { readFile } from 'node:fs/promises';
import { UsageError } from './errors.ts';

/**
 * Reads a file that the command line names.
 *
 * @throws UsageError with Node's error code, such as ENOENT.
 */
export async function readTextFile(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new UsageError(`${file} cannot be read (${code}): check the path and its permissions.`, {
      cause,
    });
  });
}
