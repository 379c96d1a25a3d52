import { addJsonOption } from '../options.ts';
import { createProgram, runProgram } from '../program.ts';
import type { Context } from './commands.ts';

const EXAMPLES = `
Examples:
  npm run mappings -- check
  npm run mappings -- try github-issue-to-case --event events/bus-github-issue-opened.json
  npm run mappings -- new order-to-account --from events/bus-order-placed.json`;

/** The commands are loaded when one runs: the compiler of mappings is large. */
const load = () => import('./commands.ts');

const EXIT_CODES = '\nExit codes: 0 done, 1 a mapping has an error or an example fails, 2 usage.';

/** Runs one command line. @returns the exit code */
export function main(args: readonly string[], context: Context): Promise<number> {
  const description = 'Mappings: from any event to Salesforce, without code (docs/mappings.md).';
  const program = createProgram('mappings', description, context).addHelpText(
    'after',
    `${EXAMPLES}\n${EXIT_CODES}`,
  );
  const forNames = (command: string) =>
    addJsonOption(program.command(command).argument('[names...]', 'only these mappings'));
  forNames('list')
    .description('list the mappings and the events that they are for')
    .action(async (names, options) => (await load()).list(names, options, context));
  forNames('check')
    .description('check mappings as a build does')
    .action(async (names, options) => (await load()).check(names, options, context));
  forNames('test')
    .option('--update', 'write what the mappings do now into the examples that fail')
    .description('run the examples of mappings')
    .action(async (names, options) => (await load()).test(names, options, context));
  addJsonOption(
    program
      .command('try')
      .argument('<name>', 'a mapping')
      .requiredOption(
        '--event <file>',
        'an event as EventBridge delivers it, such as those in events/',
      )
      .option(
        '--found <file>',
        'JSON: the name of each find, and the record, records or null it finds',
      ),
  )
    .description('show what a mapping would send for an event; sends nothing')
    .action(async (name, options) => (await load()).tryEvent(name, options, context));
  addJsonOption(
    program
      .command('new')
      .argument('<name>', "the mapping's name, such as order-to-account")
      .requiredOption('--from <file>', 'an event as EventBridge delivers it'),
  )
    .description('write a mapping to start from')
    .action(async (name, options) => (await load()).create(name, options, context));
  return runProgram(program, args, context);
}
