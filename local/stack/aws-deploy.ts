import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { execa } from 'execa';
import { StackError } from './errors.ts';
import { root } from './paths.ts';
import { createVenv, findPython, isReady, samVenv } from './python.ts';
import { sam } from './sam.ts';
import { requireMake } from './tools.ts';

/** Two webhook functions, each with the default WebhookReservedConcurrency of 10. */
const DEFAULT_RESERVED = 20;

/** Every account must keep this many executions unreserved (Developer Guide, "Reserved concurrency"). */
const MIN_UNRESERVED = 100;

/**
 * Checks that the account allows the template's default reservations. New accounts often have a limit of 10.
 *
 * @throws StackError that names the parameter to pass if it doesn't.
 */
export function checkConcurrency(unreserved: number, args: readonly string[]): void {
  if (unreserved - DEFAULT_RESERVED >= MIN_UNRESERVED) return;
  if (args.some((arg) => arg.includes('WebhookReservedConcurrency'))) return;
  throw new StackError(
    `This account has ${unreserved} unreserved concurrent executions in this Region, too few to reserve 10 for each webhook. ` +
      'Deploy without reservations: npm run deploy -- --parameter-overrides WebhookReservedConcurrency=-1 (or ask AWS for a higher limit).',
  );
}

async function readUnreservedConcurrency(): Promise<number> {
  const { AccountLimit } = await new LambdaClient({}).send(new GetAccountSettingsCommand({}));
  return AccountLimit?.UnreservedConcurrentExecutions ?? 0;
}

/** Runs the project's SAM CLI in the user's terminal, with the user's AWS settings. */
const runSam = (args: readonly string[]): Promise<unknown> =>
  execa(sam, args, { cwd: root, stdio: 'inherit' }).catch((cause: unknown) => {
    throw new StackError(`sam ${args[0]} failed: see its message above.`, { cause });
  });

async function requireSam(): Promise<void> {
  await requireMake();
  if (await isReady(samVenv)) return;
  process.stderr.write(
    'Installing the SAM CLI for this project (first time only, about 340 MB)…\n',
  );
  await createVenv(samVenv, await findPython(), { onLine: () => undefined });
}

/** Runs `sam build` with the pinned SAM CLI. */
export async function build(args: readonly string[]): Promise<void> {
  await requireSam();
  await runSam(['build', ...args]);
}

/** Runs `sam build`, then `sam deploy` with `args` to the account that the shell is signed in to. */
export async function deploy(args: readonly string[]): Promise<void> {
  await requireSam();
  const unreserved = await readUnreservedConcurrency().catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StackError(
      `The call to AWS failed: ${reason}. Sign in first, for example with aws sso login.`,
      { cause },
    );
  });
  checkConcurrency(unreserved, args);
  await runSam(['build']);
  await runSam(['deploy', ...args]);
}
