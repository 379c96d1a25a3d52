import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { root } from '../../local/stack/paths.ts';
import type { Environment } from '../environment/file.ts';
import { UsageError } from '../errors.ts';
import { readOptionalFile } from '../files.ts';
import { type Kept, keptSchema } from './plan.ts';

/** What stays of a removed stack, kept until it is removed too: CloudFormation forgets it with the stack. */
export interface RemovalRecord {
  /** Nothing when there is no record. Rejects with a UsageError for one that can't be read: it may name what costs money. */
  readonly read: (environment: Environment) => Promise<Kept[]>;
  readonly write: (environment: Environment, kept: readonly Kept[]) => Promise<void>;
}

const schema = z.array(keptSchema);

/** @throws UsageError for a file that is not a record, such as one whose writing was interrupted. */ function parseRecord(
  file: string,
  text: string,
): Kept[] {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UsageError(
      `${file}, the record of what an earlier removal left in the account, is damaged. Delete what is left of the stack in the account, then this file.`,
      { cause },
    );
  }
}

/** Records in `folder`, one file for each account, Region and stack. */
export function createRecord(folder = join(root, '.local', 'removed')): RemovalRecord {
  const fileOf = ({ account, region, stackName }: Environment): string =>
    join(folder, `${account}-${region}-${stackName}.json`);
  return {
    read: async (environment) => {
      const file = fileOf(environment);
      const text = await readOptionalFile(file);
      return text === undefined ? [] : parseRecord(file, text);
    },
    write: async (environment, kept) => {
      if (kept.length === 0) return rm(fileOf(environment), { force: true });
      await mkdir(folder, { recursive: true });
      await writeFile(fileOf(environment), `${JSON.stringify(kept, undefined, 2)}\n`);
    },
  };
}
