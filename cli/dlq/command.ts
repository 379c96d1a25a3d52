import {
  type Command,
  CommandError,
  parseCommand,
} from '../../functions/dlq-reprocessor/command.ts';
import { queueNames } from '../../functions/dlq-reprocessor/dead-letter/message.ts';
import { UsageError } from '../errors.ts';
import { CommandRejectedError } from './errors.ts';
import { parseFilters } from './filters.ts';
import type { DlqOptions } from './options.ts';

export type Action = Command['action'];

/** The function's command, the same for every page. */
export interface DlqCommand {
  readonly action: Action;
  readonly filter: Command['filter'];
  readonly dryRun?: boolean;
  readonly ratePerSecond?: number;
  readonly force?: true;
  readonly only?: 'redrive' | 'park';
  readonly dropReason?: string | undefined;
  readonly droppedBy?: string;
  readonly applied?: true;
  readonly recordId?: string;
  readonly notApplied?: true;
}

/** The command of one invocation. */
export interface PageCommand extends DlqCommand {
  readonly queue?: string;
  readonly limit: number;
  readonly cursor?: string;
}

/** The queues that the options select; none for parked messages. */
export function queuesOf(action: Action, { queue = 'all' }: DlqOptions): readonly string[] {
  if (action === 'unpark') return [];
  return queue === 'all' ? queueNames : [queue];
}

function requireComplete({ action, filter, force, recordId, applied }: DlqCommand): void {
  if (action === 'unpark' && Object.keys(filter).length === 0)
    throw new UsageError(
      'unpark needs a filter. For all parked messages, pass --filter key=parked/',
    );
  if (force && !['id', 'reason', 'errorCode', 'object'].some((name) => name in filter))
    throw new UsageError(
      '--force needs a filter that selects messages: id, reason, error-code or object.',
    );
  if (recordId !== undefined && !applied) throw new UsageError('--record-id needs --applied.');
}

/** Validates the command with the function's own parser. */
function requireAccepted(command: DlqCommand): void {
  try {
    parseCommand(command);
  } catch (error) {
    throw error instanceof CommandError ? new CommandRejectedError(error.message) : error;
  }
}

/**
 * Builds the function's command from options.
 *
 * @throws UsageError naming what is missing or wrong.
 */
export function toCommand(action: Action, options: DlqOptions): DlqCommand {
  const { applied, dryRun, filter, force, notApplied, rate, recordId } = options;
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
  requireComplete(command);
  requireAccepted(command);
  return command;
}
