import type { CreateClients } from '../aws.ts';
import { UsageError } from '../errors.ts';
import { toJson } from '../format.ts';
import { describeStack, requireOutput } from '../stack.ts';
import type { Terminal } from '../terminal.ts';
import { type Action, queuesOf, toCommand } from './command.ts';
import { confirm } from './confirm.ts';
import { createInvoke, handleAwsError, type Invoke } from './invoke.ts';
import type { DlqOptions } from './options.ts';
import { runPages } from './pages.ts';
import { formatMessages } from './print/messages.ts';
import { formatProgress, formatRun } from './print/run.ts';
import { formatStatus } from './print/status.ts';
import { moved, type RunReport, runToJson, unmoved } from './run-report.ts';

export interface Dependencies extends Terminal {
  readonly createClients: CreateClients;
  /** Aborted by Ctrl-C. */
  readonly stopSignal: AbortSignal;
  /** Resolves early when `stopSignal` is aborted. */
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** Messages of each queue that `status` samples, to report what a redrive would do with them. */
const SAMPLE_SIZE = 100;

interface Reprocessor {
  readonly invoke: Invoke;
  /** The stack and its region, for the confirmation. */
  readonly location: string;
}

async function findReprocessor(
  options: DlqOptions,
  { createClients, sleep }: Dependencies,
): Promise<Reprocessor> {
  const clients = await createClients(options);
  const { lambdaInvoker } = clients;
  const stack = await describeStack(clients, options, handleAwsError);
  const region = options.local ? 'the local stack' : await lambdaInvoker.config.region();
  return {
    invoke: createInvoke(lambdaInvoker, requireOutput(stack, 'DlqReprocessorFunctionName'), sleep),
    location: `${stack.name} (${region})`,
  };
}

function exitCodeOf(run: RunReport): number {
  if (run.problem) return run.problem.exitCode;
  if (run.stoppedBy === 'interrupt') return 130;
  return unmoved(run) > 0 ? 1 : 0;
}

const isComplete = ({ stoppedBy }: RunReport): boolean =>
  stoppedBy === 'end' || stoppedBy === 'max';

/** Prints the report. @returns the exit code */
function printRun(run: RunReport, { json }: DlqOptions, { log, print }: Dependencies): number {
  print(json ? runToJson(run) : `${formatMessages(run, new Date())}${formatRun(run)}`);
  if (run.problem) log(run.problem.message);
  return exitCodeOf(run);
}

/** `status`: message counts per queue, what a redrive would do with a sample, and parked messages. */
export async function runStatus(options: DlqOptions, dependencies: Dependencies): Promise<number> {
  const command = toCommand('status', options);
  const { invoke } = await findReprocessor(options, dependencies);
  const report = await invoke({ ...command, queue: options.queue ?? 'all', limit: SAMPLE_SIZE });
  dependencies.print(
    options.json ? toJson('dlq status', true, report) : formatStatus(report, new Date()),
  );
  return 0;
}

/** `preview`: what a redrive would do with each message, and why. */
export const runPreview = (options: DlqOptions, dependencies: Dependencies): Promise<number> =>
  runMove('preview', options, dependencies);

/** Runs a command that moves messages. Without `--yes` or `--dry-run`, a dry run and a confirmation come first. */
export async function runMove(
  action: Action,
  options: DlqOptions,
  dependencies: Dependencies,
): Promise<number> {
  const command = toCommand(action, options);
  const needsConfirmation = !options.yes && !command.dryRun;
  if (needsConfirmation && dependencies.prompt === undefined)
    throw new UsageError(
      'Moving messages needs a confirmation, and standard input is not a terminal: pass --yes, or --dry-run to see what would happen.',
    );
  const { invoke, location } = await findReprocessor(options, dependencies);
  const run = (dryRun?: true): Promise<RunReport> =>
    runPages({
      invoke,
      command: { ...command, ...(dryRun && { dryRun }) },
      queues: queuesOf(action, options),
      max: options.max ?? Number.POSITIVE_INFINITY,
      stopSignal: dependencies.stopSignal,
      onPage: (report) => dependencies.showProgress(formatProgress(report)),
    });
  if (needsConfirmation) {
    const plan = await run(true);
    if (!isComplete(plan) || moved(plan) === 0) return printRun(plan, options, dependencies);
    if (!(await confirm(plan, location, dependencies))) return 0;
  }
  return printRun(await run(), options, dependencies);
}
