import {
  type Command,
  CommandError,
  parseCommand,
} from '../../functions/dlq-reprocessor/command.ts';
import { queueNames } from '../../functions/dlq-reprocessor/dead-letter/message.ts';
import { UsageError } from '../errors.ts';
import { CommandRejectedError } from './errors.ts';
import { parseFilters } from './filters.ts';
import { type DlqOptions, placeNames } from './options.ts';
import { type Suggest, suggestFor } from './suggest.ts';

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

/** The queues that the options select; none for unpark. A filter by key selects only parked messages. */
export function queuesOf(
  action: Action,
  { queue = 'all' }: DlqOptions,
  filter: DlqCommand['filter'],
): readonly string[] {
  if (action === 'unpark') return [];
  if (queue !== 'all') return [queue];
  if (action !== 'drop') return queueNames;
  return filter.key === undefined ? placeNames : ['parked'];
}

function requireFilter({ action, dryRun, filter }: DlqCommand, suggest: Suggest): void {
  if (dryRun || Object.keys(filter).length > 0) return;
  if (action === 'unpark')
    throw new UsageError('unpark needs a filter.', {
      remedy: `${suggest('unpark --dry-run')} shows each parked message and why it was parked; --filter key=parked/ selects all.`,
    });
  if (action === 'drop')
    throw new UsageError('drop needs a filter.', {
      remedy: `${suggest('drop --dry-run')} shows what there is; --filter id=ID selects one message.`,
    });
}

function requireComplete(command: DlqCommand, suggest: Suggest): void {
  const { action, dropReason, dryRun, filter, force, recordId, applied } = command;
  requireFilter(command, suggest);
  if (action === 'drop' && !dryRun && dropReason === undefined)
    throw new UsageError("drop needs --reason 'TEXT': the record of the message keeps it.");
  if (force && !['id', 'reason', 'errorCode', 'object'].some((name) => name in filter))
    throw new UsageError(
      '--force needs a filter that selects messages: id, reason, error-code or object.',
    );
  if (recordId !== undefined && !applied) throw new UsageError('--record-id needs --applied.');
}

/** Validates the command with the function's own parser. */
function requireAccepted(command: DlqCommand, queue: string | undefined): void {
  try {
    parseCommand({ ...command, ...(queue && { queue }) });
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
  const { applied, dryRun, filter, force, notApplied, rate, reason, recordId } = options;
  const command: DlqCommand = {
    action,
    filter: parseFilters(filter ?? []),
    ...(rate === undefined ? {} : { ratePerSecond: rate }),
    ...(recordId === undefined ? {} : { recordId }),
    ...(reason === undefined ? {} : { dropReason: reason }),
    ...((dryRun || action === 'preview') && { dryRun: true }),
    ...(force && { force }),
    ...(applied && { applied }),
    ...(notApplied && { notApplied }),
  };
  requireComplete(command, suggestFor(options));
  requireAccepted(command, queuesOf(action, options, command.filter).at(-1));
  return command;
}
