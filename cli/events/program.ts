import type { Command } from 'commander';
import { addJsonOption, addStackOptions } from '../options.ts';
import { createProgram, runProgram } from '../program.ts';
import type { Dependencies, ToAction } from './dependencies.ts';
import { addSendCommands } from './send/program.ts';
import { runShow, type ShowOptions } from './show.ts';

const EXIT_CODES =
  '\nExit codes: 0 done, 1 nothing was found, 2 usage, no stack or no credentials, 130 Ctrl-C.';

function addReadCommands(program: Command, dependencies: Dependencies, toAction: ToAction): void {
  addJsonOption(addStackOptions(program.command('show').argument('<id>', 'any id of the event')))
    .description("show an event's whole way")
    .action(toAction((id: string, options: ShowOptions) => runShow(id, options, dependencies)));
}

/** Runs one command line. @returns the exit code */
export async function main(args: readonly string[], dependencies: Dependencies): Promise<number> {
  const description = 'Sends events, watches them, and shows the way of each.';
  const program = createProgram('events', description, dependencies).addHelpText(
    'after',
    EXIT_CODES,
  );
  let exitCode = 0;
  const toAction: ToAction =
    (run) =>
    async (...values) => {
      exitCode = await run(...values);
    };
  addReadCommands(program, dependencies, toAction);
  addSendCommands(program, dependencies, toAction);
  return (await runProgram(program, args, dependencies)) || exitCode;
}
