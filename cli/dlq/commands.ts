import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { AwsClients, CreateClients } from '../aws.ts';
import { UsageError } from '../errors.ts';
import { toJson } from '../format.ts';
import { describeStack, requireOutput } from '../stack.ts';
import type { Terminal } from '../terminal.ts';
import { type Action, type DlqCommand, queuesOf, toCommand } from './command.ts';
import { type Agreement, confirm } from './confirm.ts';
import { createInvoke, handleAwsError, type Invoke } from './invoke.ts';
import type { DlqOptions } from './options.ts';
import { runPages } from './pages.ts';
import { formatMessages } from './print/messages.ts';
import { formatProgress, formatRun } from './print/run.ts';
import { formatStatus } from './print/status.ts';
import { type RunReport, runToJson, totalMoved, unmoved } from './run-report.ts';
import { type Suggest, suggestFor } from './suggest.ts';

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
  readonly clients: AwsClients;
  readonly invoke: Invoke;
  readonly suggest: Suggest;
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
  const suggest = suggestFor(options);
  const functionName = requireOutput(stack, 'DlqReprocessorFunctionName');
  return {
    clients,
    invoke: createInvoke(lambdaInvoker, functionName, sleep, suggest),
    suggest,
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

/** How to look for a message that was named and not found. */
function formatSearch(run: RunReport, options: DlqOptions): string {
  const [, id] = /^id=([\w-]+)$/.exec(options.filter?.join() ?? '') ?? [];
  const isFound = totalMoved(run) + unmoved(run) > 0 || !isComplete(run);
  return id === undefined || isFound
    ? ''
    : `\nTo look for the message: ${suggestFor(options)(`show ${id}`)}`;
}

/** Prints the report. @returns the exit code */
function printRun(
  run: RunReport,
  options: DlqOptions,
  { columns, log, print }: Dependencies,
): number {
  const page = { now: new Date(), columns };
  print(
    options.json
      ? runToJson(run)
      : `${formatMessages(run, page)}${formatRun(run, suggestFor(options), columns)}${formatSearch(run, options)}`,
  );
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

/** Who runs the command, for the record of what is dropped: STS answers everyone. Nothing if it can't be asked. */
export async function callerOf({ sts }: AwsClients): Promise<string | undefined> {
  const identity = await sts.send(new GetCallerIdentityCommand({})).catch(() => undefined);
  return identity?.Arn;
}

async function withCaller(command: DlqCommand, clients: AwsClients): Promise<DlqCommand> {
  if (command.action !== 'drop' || command.dryRun) return command;
  const droppedBy = await callerOf(clients);
  return droppedBy === undefined ? command : { ...command, droppedBy };
}

/** What a plan needs before it is carried out; a dry run that ended early, or finds nothing, is only printed: with `--json` a refused one, too. */
async function agree(
  plan: RunReport,
  location: string,
  { json }: DlqOptions,
  dependencies: Dependencies,
): Promise<Agreement | 'print'> {
  if (!isComplete(plan) || totalMoved(plan) === 0) return 'print';
  const agreement = await confirm(plan, location, dependencies);
  return json && agreement === 'none' ? 'print' : agreement;
}

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
      'Changing messages needs a confirmation, and standard input is not a terminal: pass --yes, or --dry-run to see what would happen.',
    );
  const { clients, invoke, location } = await findReprocessor(options, dependencies);
  const run = (change: Partial<DlqCommand>): Promise<RunReport> =>
    runPages({
      invoke,
      command: { ...command, ...change },
      queues: queuesOf(action, options, command.filter),
      max: options.max ?? Number.POSITIVE_INFINITY,
      stopSignal: dependencies.stopSignal,
      onPage: (report) => dependencies.showProgress(formatProgress(report)),
    });
  let agreement: Agreement = 'all';
  if (needsConfirmation) {
    const plan = await run({ dryRun: true });
    const answer = await agree(plan, location, options, dependencies);
    if (answer === 'print') return printRun(plan, options, dependencies);
    agreement = answer;
  }
  if (agreement === 'none') return 0;
  const only = agreement === 'all' ? {} : { only: agreement };
  return printRun(
    await run({ ...(await withCaller(command, clients)), ...only }),
    options,
    dependencies,
  );
}
