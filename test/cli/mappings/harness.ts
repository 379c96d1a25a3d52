import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { main } from '../../../cli/mappings/program.ts';
import { root as project } from '../../../local/stack/paths.ts';

/** A folder with this project's sample events and one of its mappings, and the command in it. Both are for one `describe`. */
export function useMappings() {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mappings-'));
    await mkdir(join(folder, 'mappings'));
    await cp(join(project, 'events'), join(folder, 'events'), { recursive: true });
    const own = 'mappings/twilio-sms-to-contact.yaml';
    await cp(join(project, own), join(folder, own));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const call = async (log: (text: string) => void, lines: string[], args: readonly string[]) => {
    const exitCode = await main(args, { root: folder, print: (text) => lines.push(text), log });
    return { exitCode, text: lines.join('\n') };
  };
  return {
    /** A file of the folder. */
    path: (...parts: string[]): string => join(folder, ...parts),
    /** Runs the command. @returns all that it prints */
    run: (...args: string[]) => {
      const lines: string[] = [];
      return call((text) => lines.push(text), lines, args);
    },
    /** The same with `--json`. @returns the document */
    json: async (...args: string[]) => {
      const { exitCode, text } = await call(() => undefined, [], [...args, '--json']);
      return { exitCode, ...JSON.parse(text) };
    },
  };
}
