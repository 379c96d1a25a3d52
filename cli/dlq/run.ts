import { UsageError } from '../errors.ts';
import { describeStack, requireOutput } from '../stack.ts';
import { type Action, type DlqCommand, queuesOf, toCommand } from './command.ts';
import { createInvoke, handleAwsError, type Invoke } from './invoke.ts';
import type { Arguments } from './options.ts';
import { isWanted } from './plan.ts';
import { describeLetters } from './print/letters.ts';
import { describeProgress, describeRun } from './print/run.ts';
import { describeStatus } from './print/status.ts';
import { movedIn, type RunReport, toJson, troubledIn } from './run-report.ts';
import { runSlices, type SlicesOptions } from './slices.ts';
import type { World } from './world.ts';

/** Letters of each queue that `status` looks at, to say what would become of them. */
const SAMPLE = 100;

interface Session {
  readonly invoke: Invoke;
  /** Which stack, where: for people. */
  readonly place: string;
}

async function open(args: Arguments, { createClients, sleep }: World): Promise<Session> {
  const clients = await createClients(args);
  const { lambdaInvoker } = clients;
  const stack = await describeStack(clients, args, handleAwsError);
  const region = args.local ? 'the local stack' : await lambdaInvoker.config.region();
  return {
    invoke: createInvoke(lambdaInvoker, requireOutput(stack, 'DlqReprocessorFunctionName'), sleep),
    place: `${stack.name} (${region})`,
  };
}

function exitCodeOf(run: RunReport): number {
  if (run.problem) return run.problem.exitCode;
  if (run.stoppedBy === 'interrupt') return 130;
  return troubledIn(run) > 0 ? 1 : 0;
}

/** Prints what was done, or would be; answers the exit code. */
function tell(run: RunReport, { json }: Arguments, { log, print }: World): number {
  print(json ? toJson(run) : `${describeLetters(run, new Date())}${describeRun(run)}`);
  if (run.problem) log(run.problem.message);
  return exitCodeOf(run);
}

/** `status`: what lies where, and what would become of it. */
export async function runStatus(args: Arguments, world: World): Promise<number> {
  const command = toCommand('status', args);
  const { invoke } = await open(args, world);
  const answer = await invoke({ ...command, queue: args.queue ?? 'all', limit: SAMPLE });
  const text = args.json
    ? JSON.stringify(answer, undefined, 2)
    : describeStatus(answer, new Date());
  world.print(text);
  return 0;
}

function slicesFor(
  command: DlqCommand,
  args: Arguments,
  { invoke }: Session,
  world: World,
): SlicesOptions {
  return {
    invoke,
    command,
    queues: queuesOf(command.action, args),
    max: args.max ?? Number.POSITIVE_INFINITY,
    stop: world.stop,
    onSlice: (run) => world.showProgress(describeProgress(run)),
  };
}

/** `preview`: what a redrive would do with each letter, and why. */
export async function runPreview(args: Arguments, world: World): Promise<number> {
  const command = toCommand('preview', args);
  const options = slicesFor(command, args, await open(args, world), world);
  return tell(await runSlices(options), args, world);
}

const WITHOUT_TERMINAL =
  'Nothing is moved without a yes, and there is no terminal to ask on: add --yes, or --dry-run to see what would happen.';

/** An action that moves letters: shows what would be moved, asks, and does it. */
export async function runMove(action: Action, args: Arguments, world: World): Promise<number> {
  const command = toCommand(action, args);
  const asks = !args.yes && !args.dryRun;
  if (asks && world.prompt === undefined) throw new UsageError(WITHOUT_TERMINAL);
  const session = await open(args, world);
  const options = slicesFor(command, args, session, world);
  if (asks) {
    const plan = await runSlices({ ...options, command: { ...command, dryRun: true } });
    const isBroken = plan.stoppedBy === 'error' || plan.stoppedBy === 'interrupt';
    if (isBroken || movedIn(plan) === 0) return tell(plan, args, world);
    if (!(await isWanted(plan, session.place, world))) return 0;
  }
  return tell(await runSlices(options), args, world);
}
