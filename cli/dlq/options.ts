import { type Command, InvalidArgumentError, Option } from 'commander';
import { queueNames } from '../../functions/dlq-reprocessor/dead-letter/message.ts';
import { formatCount } from '../format.ts';
import { collectValues, type StackOptions } from '../options.ts';

/** Where messages can be dropped: the queues, and the park bucket. */
export const placeNames = [...queueNames, 'parked'] as const;

/** The options of all commands, as commander names them; each command has some of them. */
export interface DlqOptions extends StackOptions {
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
  readonly reason?: string;
}

function parseWholeNumber(text: string, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= max) return value;
  throw new InvalidArgumentError(`Pass a whole number from 1 to ${formatCount(max)}.`);
}

const MAX_MESSAGES = 1_000_000;
/** The function's own limit. */
const MAX_PER_SECOND = 500;

export const addQueueOption = (command: Command): Command =>
  command.addOption(
    new Option('--queue <name>', 'the queue').choices([...queueNames, 'all']).default('all'),
  );

export const addFilterOption = (command: Command): Command =>
  command.option(
    '--filter <name=value>',
    'only messages that match (repeatable, see below)',
    collectValues,
  );

export const addMaxOption = (command: Command): Command =>
  command.option('--max <n>', 'at most n messages', (text) => parseWholeNumber(text, MAX_MESSAGES));

/** The options of every command that moves messages. */
export const addMoveOptions = (command: Command): Command =>
  addMaxOption(command)
    .option('--rate <n>', 'at most n messages a second', (text) =>
      parseWholeNumber(text, MAX_PER_SECOND),
    )
    .option('--dry-run', 'only show what would happen to each message')
    .option('--yes', 'do not ask for confirmation, for scripts');

export const addForceOption = (command: Command): Command =>
  command.option(
    '--force',
    'include messages that would be parked or have to wait; needs a filter',
  );

export const addDropOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--queue <name>', 'the queue, or parked for parked messages')
        .choices([...placeNames, 'all'])
        .default('all'),
    )
    .option('--reason <text>', 'why: kept in the record of each message')
    .option('--force', 'include messages whose outcome is unknown; needs a filter');

export const addOutcomeOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--applied', 'for OUTCOME_UNKNOWN: Salesforce has applied the change').conflicts(
        'notApplied',
      ),
    )
    .option('--record-id <id>', 'with --applied: the record that was created, for the reply')
    .option('--not-applied', 'for OUTCOME_UNKNOWN: Salesforce has not applied it; apply it now');
