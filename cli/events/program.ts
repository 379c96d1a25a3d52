import type { Command } from 'commander';
import { addJsonOption, addStackOptions } from '../options.ts';
import { createProgram, runProgram } from '../program.ts';
import type { Dependencies, ToAction } from './dependencies.ts';
import { addSendCommands } from './send/program.ts';
import type { ShowOptions } from './show.ts';

const EXIT_CODES =
  '\nExit codes: 0 done, 1 nothing was found, 2 usage, no stack or no credentials, 130 Ctrl-C.';

const EXAMPLES = `
Examples:
  npm run events -- send github issues.opened --local
  npm run events -- show 72d3162e-cc78-11e3-81ab-4c9367dc0958 --local`;

const SINCE = '--since <time>';

const SHOW_HELP = `
The id is that of a delivery, an event, a message, a reply, a Salesforce record or an API call, the key of a
parked message, or an idempotency key.

Examples:
  npm run events -- show 72d3162e-cc78-11e3-81ab-4c9367dc0958 --local
  npm run events -- show 500xx0000000001AAA --since 7d`;

function addReadCommands(program: Command, dependencies: Dependencies, toAction: ToAction): void {
  addJsonOption(addStackOptions(program.command('show').argument('<id>', 'any id of the event')))
    .option(SINCE, 'read log lines from then on: an age or an ISO 8601 time', '24h')
    .description("show an event's whole way")
    .addHelpText('after', SHOW_HELP)
    .action(
      toAction(async (id: string, options: ShowOptions) => {
        const { runShow } = await import('./show.ts');
        return runShow(id, options, dependencies);
      }),
    );
}

/** Runs one command line. @returns the exit code */
export async function main(args: readonly string[], dependencies: Dependencies): Promise<number> {
  const description = 'Sends events, watches them, and shows the way of each.';
  const program = createProgram('events', description, dependencies).addHelpText(
    'after',
    `${EXAMPLES}\n${EXIT_CODES}`,
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
