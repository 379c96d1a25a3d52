import { addJsonOption } from '../options.ts';
import { createProgram, runProgram } from '../program.ts';
import { type Context, check, create, list, test, tryEvent } from './commands.ts';

const EXIT_CODES = '\nExit codes: 0 done, 1 a mapping has an error or an example fails, 2 usage.';

/** Runs one command line. @returns the exit code */
export function main(args: readonly string[], context: Context): Promise<number> {
  const description = 'Mappings: from any event to Salesforce, without code (docs/mappings.md).';
  const program = createProgram('mappings', description, context).addHelpText('after', EXIT_CODES);
  addJsonOption(program.command('list'))
    .description('list the mappings and the events that they are for')
    .action((options) => list(options, context));
  addJsonOption(program.command('check'))
    .description('check all mappings as a build does')
    .action((options) => check(options, context));
  addJsonOption(program.command('test').argument('[name]', 'only this mapping'))
    .description('run the examples of the mappings')
    .action((name, options) => test(name, options, context));
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
    .action((name, options) => tryEvent(name, options, context));
  program
    .command('new')
    .argument('<name>', "the mapping's name, such as order-to-account")
    .requiredOption('--from <file>', 'an event as EventBridge delivers it')
    .description('write a mapping to start from')
    .action((name, options) => create(name, options, context));
  return runProgram(program, args, context);
}
