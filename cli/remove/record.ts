import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { root } from '../../local/stack/paths.ts';
import type { Environment } from '../environment/file.ts';
import { type Kept, keptSchema } from './plan.ts';

/** What stays of a removed stack, kept until it is removed too: CloudFormation forgets it with the stack. */
export interface RemovalRecord {
  readonly read: (environment: Environment) => Promise<Kept[]>;
  readonly write: (environment: Environment, kept: readonly Kept[]) => Promise<void>;
}

const schema = z.array(keptSchema);

/** Records in `folder`, one file for each account, Region and stack. */
export function createRecord(folder = join(root, '.local', 'removed')): RemovalRecord {
  const fileOf = ({ account, region, stackName }: Environment): string =>
    join(folder, `${account}-${region}-${stackName}.json`);
  return {
    read: async (environment) => {
      const text = await readFile(fileOf(environment), 'utf8').catch(() => '[]');
      return schema.parse(JSON.parse(text));
    },
    write: async (environment, kept) => {
      if (kept.length === 0) return rm(fileOf(environment), { force: true });
      await mkdir(folder, { recursive: true });
      await writeFile(fileOf(environment), `${JSON.stringify(kept, undefined, 2)}\n`);
    },
  };
}
