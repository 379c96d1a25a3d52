import { CliError } from '../errors.ts';
import type { DlqCommand } from './command.ts';
import type { Invoke } from './invoke.ts';
import { addReport, emptyRun, type RunReport, totalMoved } from './run-report.ts';

interface PagesOptions {
  readonly invoke: Invoke;
  readonly command: DlqCommand;
  /** Processed one after the other; empty for unpark. */
  readonly queues: readonly string[];
  /** The most messages to move, or that a dry run would move, in all queues together. */
  readonly max: number;
  /** Once aborted, no further page is started. */
  readonly stopSignal: AbortSignal;
  /** Called at the start and after each page. */
  readonly onPage: (run: RunReport) => void;
}

/** The most messages of one invocation (the function's own limit). */
const PAGE_SIZE = 500;

/** About how long a page takes, so that Ctrl-C takes effect soon. */
const PAGE_SECONDS = 20;

/**
 * An invocation may move every message of its page: no more than are left to move, or can be moved in its time. A dry
 * run moves none, and releases a full page at once when it sees the end of the queue.
 */
function pageSize({ command, max }: PagesOptions, run: RunReport): number {
  if (command.dryRun) return PAGE_SIZE;
  const { ratePerSecond = PAGE_SIZE } = command;
  return Math.min(PAGE_SIZE, ratePerSecond * PAGE_SECONDS, max - totalMoved(run));
}

function stopReason({ max, stopSignal }: PagesOptions, run: RunReport) {
  if (totalMoved(run) >= max) return 'max';
  return stopSignal.aborted ? 'interrupt' : undefined;
}

interface Page {
  readonly queue?: string;
  readonly cursor?: string;
}

/** Invokes the function page by page to the end. The report says what stopped it before, and counts what was done. */
export async function runPages(options: PagesOptions): Promise<RunReport> {
  const { command, invoke, onPage, queues } = options;
  const pages: Page[] = queues.length === 0 ? [{}] : queues.map((queue) => ({ queue }));
  let run = emptyRun(command, options.max);
  onPage(run);
  for (let page = pages.shift(); page !== undefined; page = pages.shift()) {
    const stoppedBy = stopReason(options, run);
    if (stoppedBy) return { ...run, stoppedBy };
    const report = await invoke({ ...command, ...page, limit: pageSize(options, run) }).catch(
      toCliError,
    );
    if (report instanceof CliError) return { ...run, stoppedBy: 'error', problem: report };
    run = addReport(run, report);
    onPage(run);
    if (report.cursor !== undefined) pages.unshift({ ...page, cursor: report.cursor });
  }
  return run;
}

const toCliError = (error: unknown): CliError => {
  if (error instanceof CliError) return error;
  throw error;
};
