import {
  type Command,
  CommandError,
  parseCommand,
} from '../../functions/dlq-reprocessor/command.ts';
import { queueNames } from '../../functions/dlq-reprocessor/names.ts';
import { UsageError } from '../errors.ts';
import { RefusedCommandError } from './errors.ts';
import { parseFilters } from './filters.ts';
import type { Arguments } from './options.ts';

export type Action = Command['action'];

/** What the function is asked to do, as every slice repeats it. */
export interface DlqCommand {
  readonly action: Action;
  readonly filter: Command['filter'];
  readonly dryRun?: boolean;
  readonly ratePerSecond?: number;
  readonly force?: true;
  readonly applied?: true;
  readonly recordId?: string;
  readonly notApplied?: true;
}

/** One invocation's part of it. */
export interface SliceCommand extends DlqCommand {
  readonly queue?: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** The queues of a command line; none for parked objects. */
export function queuesOf(action: Action, { queue = 'all' }: Arguments): readonly string[] {
  if (action === 'unpark') return [];
  return queue === 'all' ? queueNames : [queue];
}

function requireWhole({ action, filter, force, recordId, applied }: DlqCommand): void {
  if (action === 'unpark' && Object.keys(filter).length === 0) {
    throw new UsageError(
      'unpark needs a filter that says what comes back. All that is parked: --filter key=parked/',
    );
  }
  if (force && !['id', 'reason', 'errorCode', 'object'].some((name) => name in filter)) {
    throw new UsageError(
      '--force needs a filter that says which letters: id, reason, error-code or object.',
    );
  }
  if (recordId !== undefined && !applied) throw new UsageError('--record-id needs --applied.');
}

/** What the function would refuse is refused here already. */
function requireAccepted(command: DlqCommand): void {
  try {
    parseCommand(command);
  } catch (error) {
    throw error instanceof CommandError ? new RefusedCommandError(error.message) : error;
  }
}

/**
 * The command that a command line means, checked by the parser that the function uses.
 *
 * @throws UsageError naming what is missing or wrong.
 */
export function toCommand(action: Action, args: Arguments): DlqCommand {
  const { applied, dryRun, filter, force, notApplied, rate, recordId } = args;
  const command: DlqCommand = {
    action,
    filter: parseFilters(filter ?? []),
    ...(rate === undefined ? {} : { ratePerSecond: rate }),
    ...(recordId === undefined ? {} : { recordId }),
    ...((dryRun || action === 'preview') && { dryRun: true }),
    ...(force && { force }),
    ...(applied && { applied }),
    ...(notApplied && { notApplied }),
  };
  requireWhole(command);
  requireAccepted(command);
  return command;
}
