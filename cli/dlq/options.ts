import { type Command, InvalidArgumentError, Option } from 'commander';
import { queueNames } from '../../functions/dlq-reprocessor/names.ts';
import { addStackOptions, collectValues, type StackOptions } from '../options.ts';

/** The options of a command line, as commander names them; each action has some of them. */
export interface Arguments extends StackOptions {
  readonly json?: boolean;
  readonly queue?: string;
  readonly filter?: readonly string[];
  readonly max?: number;
  readonly rate?: number;
  readonly force?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly applied?: true;
  readonly recordId?: string;
  readonly notApplied?: true;
}

function wholeNumber(text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new InvalidArgumentError(`It is a whole number from 1 to ${most.toLocaleString('en')}.`);
}

const MOST_LETTERS = 1_000_000;
/** The function's own limit. */
const MOST_PER_SECOND = 500;

export const withOutput = (command: Command): Command =>
  addStackOptions(command).option('--json', 'one JSON document, for programs');

export const withQueue = (command: Command): Command =>
  command.addOption(
    new Option('--queue <name>', 'which queue').choices([...queueNames, 'all']).default('all'),
  );

export const withFilter = (command: Command): Command =>
  command.option(
    '--filter <name=value>',
    'only such letters (repeatable, see below)',
    collectValues,
  );

export const withMax = (command: Command): Command =>
  command.option('--max <n>', 'n letters at most', (text) => wholeNumber(text, MOST_LETTERS));

/** The options of every action that moves letters. */
export const withMoving = (command: Command): Command =>
  withMax(command)
    .option('--rate <n>', 'letters moved in a second, at most', (text) =>
      wholeNumber(text, MOST_PER_SECOND),
    )
    .option('--dry-run', 'only show what would happen, letter by letter')
    .option('--yes', 'do not ask, for scripts');

export const withForce = (command: Command): Command =>
  command.option('--force', 'also what would be parked or has to wait; needs a filter');

export const withOutcome = (command: Command): Command =>
  command
    .addOption(
      new Option('--applied', 'of OUTCOME_UNKNOWN: Salesforce has made the change').conflicts(
        'notApplied',
      ),
    )
    .option('--record-id <id>', 'with --applied: the record that it made, for the reply')
    .option('--not-applied', 'of OUTCOME_UNKNOWN: Salesforce has not made it; it is made now');
