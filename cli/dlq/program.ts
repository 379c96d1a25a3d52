import type { Command } from 'commander';
import { failureClasses } from '../../functions/dlq-reprocessor/dead-letter/message.ts';
import { parkReasons } from '../../functions/dlq-reprocessor/park/reasons.ts';
import { addJsonOption, addStackOptions } from '../options.ts';
import { createProgram, runProgram } from '../program.ts';
import type { Dependencies } from './commands.ts';
import {
  addDropOptions,
  addFilterOption,
  addForceOption,
  addMaxOption,
  addMoveOptions,
  addOutcomeOptions,
  addQueueOption,
  type DlqOptions,
} from './options.ts';

const FILTERS = `
Filters (a message must match all of them):
  reason=NAME          a park reason: ${parkReasons.slice(0, 4).join(', ')},
                       ${parkReasons.slice(4).join(', ')}
                       or a failure class: ${failureClasses.slice(0, 4).join(', ')},
                       ${failureClasses.slice(4).join(', ')}
  error-code=CODE      from Salesforce or EventBridge, e.g. UNABLE_TO_LOCK_ROW
  object=NAME          the Salesforce object of a request, e.g. Case
  older-than=AGE       90m, 24h, 3d or an ISO 8601 time; newer-than=AGE
  path=$.a.b[0]=VALUE  a value in the message's JSON, e.g. '$.detail.issue.number=7'
  id=ID                the id that preview shows (repeatable, or ID,ID)
  key=PREFIX           unpark and drop: the parked object's key, e.g. parked/PERMANENT/2026-11-25/;
                       unpark also takes what was dropped: dropped/2026-11-25/`;

const EXAMPLES = `
Examples:
  npm run dlq -- status
  npm run dlq -- preview --filter reason=retry-soon --filter older-than=1h
  npm run dlq -- show 5f8c2a1e-3b4d-4c5e-8f9a-0b1c2d3e4f5a
  npm run dlq -- redrive --filter object=Case --max 100
  npm run dlq -- unpark --filter reason=TOO_MANY_REDRIVES --dry-run
  npm run dlq -- drop --filter object=Task --reason 'sent twice by mistake'`;

/** The commands are loaded when one runs: they need the AWS SDK. */
const load = () => import('./commands.ts');

const EXIT_CODES =
  '\nExit codes: 0 done, 1 a message was refused or failed, 2 usage, no stack or no credentials, 130 Ctrl-C.';

type Action = (options: DlqOptions) => Promise<void>;

/** Turns a command that returns its exit code into commander's action. */
type ToAction = (run: (options: DlqOptions) => Promise<number>) => Action;

function addReadCommands(program: Command, dependencies: Dependencies, toAction: ToAction): void {
  addQueueOption(program.command('status'))
    .description('show message counts per queue, and parked messages')
    .action(toAction(async (options) => (await load()).runStatus(options, dependencies)));
  addForceOption(addMaxOption(addFilterOption(addQueueOption(program.command('preview')))))
    .description('show what a redrive would do with each message, and why; moves nothing')
    .action(toAction(async (options) => (await load()).runPreview(options, dependencies)));
  program
    .command('show <id>')
    .description(
      'show a whole message by its id or key: content, history, what a redrive would do, and what to do',
    )
    .action(async (id: string, options: DlqOptions) => {
      const { runShow } = await import('./show.ts');
      await runShow(id, options, dependencies);
    });
}

function addMoveCommands(program: Command, dependencies: Dependencies, toAction: ToAction): void {
  addForceOption(addMoveOptions(addFilterOption(addQueueOption(program.command('redrive')))))
    .description('return messages to exactly where they failed; park those that no retry can help')
    .action(toAction(async (options) => (await load()).runMove('redrive', options, dependencies)));
  addMoveOptions(addFilterOption(addQueueOption(program.command('park'))))
    .description('move messages to the bucket, where they do not expire')
    .action(toAction(async (options) => (await load()).runMove('park', options, dependencies)));
  addOutcomeOptions(addMoveOptions(addFilterOption(program.command('unpark'))))
    .description('return parked messages to where they failed')
    .action(toAction(async (options) => (await load()).runMove('unpark', options, dependencies)));
  addDropOptions(addMoveOptions(addFilterOption(program.command('drop'))))
    .description(
      'delete messages for good; a record of each is kept for 90 days, and unpark reads it',
    )
    .action(toAction(async (options) => (await load()).runMove('drop', options, dependencies)));
}

/** Runs one command line. @returns the exit code */
export async function main(args: readonly string[], dependencies: Dependencies): Promise<number> {
  const description = 'Shows, redrives, parks and drops dead-letter messages.';
  const program = createProgram('dlq', description, dependencies).addHelpText(
    'after',
    `${EXAMPLES}\n${EXIT_CODES}`,
  );
  let exitCode = 0;
  const toAction: ToAction = (run) => async (options) => {
    exitCode = await run(options);
  };
  addReadCommands(program, dependencies, toAction);
  addMoveCommands(program, dependencies, toAction);
  for (const command of program.commands) {
    addJsonOption(addStackOptions(command));
    if (!['show', 'status'].includes(command.name())) command.addHelpText('after', FILTERS);
  }
  return (await runProgram(program, args, dependencies)) || exitCode;
}
