import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readOptionalFile } from '../local/stack/files.ts';
import { paths } from '../local/stack/paths.ts';
import type { Bench } from './report.ts';

/** The results of one part, with time and machine. */
export interface Finding {
  readonly bench: Bench;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly isQuick: boolean;
  readonly machine: Machine;
}

/** Contains no path, host name, or anything else that identifies the machine. */
export interface Machine {
  readonly cores: number;
  readonly platform: string;
  readonly node: string;
}

const folder = join(paths.local, 'bench');
const fileOf = (part: string): string => join(folder, `${part}.json`);

/** Stores a part's results, so that the page can combine several runs. */
export async function keepFinding(part: string, finding: Finding): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(fileOf(part), JSON.stringify(finding));
}

/** The last results of a part; `undefined` if it was never measured in this clone. */
export async function findingOf(part: string): Promise<Finding | undefined> {
  const text = await readOptionalFile(fileOf(part));
  return text === undefined ? undefined : Object(JSON.parse(text));
}
