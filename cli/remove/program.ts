import { createProgram, runProgram } from '../program.ts';
import { type Dependencies, type RemoveOptions, remove } from './remove.ts';

const EXIT_CODES = `
Exit codes: 0 removed, or nothing to do, 1 refused or failed, 2 wrong command line, file or account, 130 interrupted`;

/** Runs one command line. @returns the exit code */
export async function main(args: readonly string[], dependencies: Dependencies): Promise<number> {
  const program = createProgram(
    'remove',
    "Removes an environment's stack: shows what is deleted and what stays, asks, and does it.",
    dependencies,
  )
    .option('--env <name>', 'the environment (default: the only one that has a file)')
    .option('--with-data', 'also empty and delete what outlives the stack: queues, buckets, …')
    .option('--dry-run', 'show what would be deleted and what stays')
    .option('--yes', 'do not ask')
    .option('--folder <folder>', 'the folder of the files (default: deploy)')
    .addHelpText('after', EXIT_CODES)
    .action(({ folder = dependencies.folder, ...options }: RemoveOptions & { folder?: string }) =>
      remove(options, { ...dependencies, folder }),
    );
  return runProgram(program, args, dependencies);
}
