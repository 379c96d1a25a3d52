import { readFile } from 'node:fs/promises';
import { SetupError } from './errors.ts';

/** Reads a file that an option names; `what` says in the error what it should have been. */
export async function readText(file: string, what: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new SetupError(`${what} ${file} cannot be read (${code}).`, { cause });
  });
}
