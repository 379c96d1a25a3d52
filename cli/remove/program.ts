import { toJson } from '../format.ts';
import { addJsonOption, FOLDER } from '../options.ts';
import { createProgram, runProgram } from '../program.ts';
import type { Terminal } from '../terminal.ts';
import type { Dependencies, RemoveOptions } from './remove.ts';

const EXIT_CODES = `
Exit codes: 0 removed, or nothing to do, 1 refused or failed, 2 wrong command line, file or account, 130 interrupted`;

const EXAMPLES = `
Examples:
  npm run remove -- --dry-run
  npm run remove -- --env staging
  npm run remove -- --env staging --with-data`;

interface Arguments extends RemoveOptions {
  readonly folder: string;
  readonly json?: boolean;
}

/** Runs one command line. @returns the exit code */
export async function main(
  args: readonly string[],
  terminal: Pick<Terminal, 'print' | 'log'>,
  load: () => Promise<Omit<Dependencies, 'folder'>>,
): Promise<number> {
  const program = createProgram(
    'remove',
    "Removes an environment's stack: shows what is deleted and what stays, asks, and does it.",
    terminal,
  )
    .option('--env <name>', 'the environment (default: the only one that has a file)')
    .option('--with-data', 'also empty and delete what outlives the stack: queues, buckets, …')
    .option('--dry-run', 'show what would be deleted and what stays')
    .option('--yes', 'do not ask')
    .option('--folder <folder>', 'the folder of the files', FOLDER)
    .addHelpText('after', `${EXAMPLES}\n${EXIT_CODES}`)
    .action(async ({ folder, json, ...options }: Arguments) => {
      const { remove } = await import('./remove.ts');
      const dependencies = { ...(await load()), folder };
      // The document is alone on standard output.
      const result = await remove(
        options,
        json ? { ...dependencies, print: dependencies.log } : dependencies,
      );
      if (json) terminal.print(toJson('remove', true, result));
    });
  return runProgram(addJsonOption(program), args, terminal);
}
