import type { Command } from 'commander';
import { addJsonOption, addStackOptions, collectValues } from '../options.ts';
import { createProgram, runProgram } from '../program.ts';
import type { Dependencies, ToAction } from './dependencies.ts';
import type { LogOptions } from './log.ts';
import { addSendCommands } from './send/program.ts';
import type { ShowOptions } from './show.ts';
import type { WatchOptions } from './watch.ts';

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

const WATCH_HELP = `
It reads the functions' log lines: events that only API destinations receive have none.

Examples:
  npm run events -- watch --local
  npm run events -- watch --source github.com --since 10m
  npm run events -- watch --pattern '{"detail-type": [{"prefix": "issue"}]}' --json`;

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
  addStackOptions(program.command('watch'))
    .option('--source <source>', 'only events of this source (repeatable)', collectValues)
    .option('--type <detail-type>', 'only events of this detail-type (repeatable)', collectValues)
    .option('--pattern <json>', 'only events that match: source, detail-type and id')
    .option(SINCE, 'begin with the events since then: an age or an ISO 8601 time')
    .option('--json', 'print one JSON document a line, for each event that is new or changes')
    .description('follow events and what becomes of them, until Ctrl-C')
    .addHelpText('after', WATCH_HELP)
    .action(
      toAction(async (options: WatchOptions) => {
        const { runWatch } = await import('./watch.ts');
        return runWatch(options, dependencies);
      }),
    );
  addStackOptions(program.command('log'))
    .option(SINCE, 'begin with the lines since then: an age or an ISO 8601 time')
    .option('--raw', 'print lines as they are, those about batches and invocations too')
    .description("print the functions' log lines as sentences, until Ctrl-C")
    .action(
      toAction(async (options: LogOptions) => {
        const { runLog } = await import('./log.ts');
        return runLog(options, dependencies);
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
