import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { paths } from '../local/stack/paths.ts';
import type { Bench } from './report.ts';

/** What one part found, when, and on what. */
export interface Finding {
  readonly bench: Bench;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly isQuick: boolean;
  readonly machine: Machine;
}

/** Without a path, the name of a host or anything else that only one machine has. */
export interface Machine {
  readonly cores: number;
  readonly platform: string;
  readonly node: string;
}

const folder = join(paths.local, 'bench');
const fileOf = (part: string): string => join(folder, `${part}.json`);

/** Keeps a part's findings, so that a page of all parts can be made of several runs. */
export async function keepFinding(part: string, finding: Finding): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(fileOf(part), JSON.stringify(finding));
}

/** What a part found last; `undefined` where it has not been measured in this clone. */
export async function findingOf(part: string): Promise<Finding | undefined> {
  const text = await readFile(fileOf(part), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Object(JSON.parse(text));
}
