import type { Command } from 'commander';
import { failureClasses, parkReasons } from '../../functions/dlq-reprocessor/names.ts';
import { createProgram, runProgram } from '../program.ts';
import {
  type Arguments,
  withFilter,
  withForce,
  withMax,
  withMoving,
  withOutcome,
  withOutput,
  withQueue,
} from './options.ts';
import { runMove, runPreview, runStatus } from './run.ts';
import type { World } from './world.ts';

const FILTERS = `
Filters (all given must hold):
  reason=NAME          a park reason: ${parkReasons.slice(0, 4).join(', ')},
                       ${parkReasons.slice(4).join(', ')}
                       or a failure class: ${failureClasses.slice(0, 4).join(', ')},
                       ${failureClasses.slice(4).join(', ')}
  error-code=CODE      of Salesforce or EventBridge, e.g. UNABLE_TO_LOCK_ROW
  object=NAME          the Salesforce object of a request, e.g. Case
  older-than=AGE       90m, 24h, 3d or an ISO 8601 time; newer-than=AGE
  path=$.a.b[0]=VALUE  a value in the message's JSON, e.g. '$.detail.issue.number=7'
  id=ID                the id that preview shows (repeatable, or ID,ID)
  key=PREFIX           unpark only: of the parked objects, e.g. parked/PERMANENT/2026-11-25/`;

const EXIT_CODES =
  '\nExit codes: 0 done, 1 something was refused or failed, 2 usage, no stack or no sign-in, 130 Ctrl-C.';

interface Actions {
  readonly program: Command;
  readonly world: World;
  readonly end: (exitCode: number) => void;
}

function addLooks({ program, world, end }: Actions): void {
  withOutput(withQueue(program.command('status')))
    .description('what lies in the queues and what is parked')
    .action(async (args: Arguments) => end(await runStatus(args, world)));
  withOutput(withForce(withMax(withFilter(withQueue(program.command('preview'))))))
    .description('what a redrive would do with each letter, and why; moves nothing')
    .addHelpText('after', FILTERS)
    .action(async (args: Arguments) => end(await runPreview(args, world)));
}

function addMoves({ program, world, end }: Actions): void {
  withOutput(withForce(withMoving(withFilter(withQueue(program.command('redrive'))))))
    .description('sends letters back to exactly where they failed, or parks what no try can help')
    .addHelpText('after', FILTERS)
    .action(async (args: Arguments) => end(await runMove('redrive', args, world)));
  withOutput(withMoving(withFilter(withQueue(program.command('park')))))
    .description('puts letters into the bucket, where they do not expire')
    .addHelpText('after', FILTERS)
    .action(async (args: Arguments) => end(await runMove('park', args, world)));
  withOutput(withOutcome(withMoving(withFilter(program.command('unpark')))))
    .description('sends parked letters back to where they failed')
    .addHelpText('after', FILTERS)
    .action(async (args: Arguments) => end(await runMove('unpark', args, world)));
}

/** Runs one command line. @returns the exit code */
export async function main(args: readonly string[], world: World): Promise<number> {
  const description = 'Dead letters: what failed is looked at, sent back, or put aside.';
  const program = createProgram('dlq', description, world).addHelpText('after', EXIT_CODES);
  let exitCode = 0;
  const actions: Actions = {
    program,
    world,
    end: (code) => {
      exitCode = code;
    },
  };
  addLooks(actions);
  addMoves(actions);
  return (await runProgram(program, args, world)) || exitCode;
}
