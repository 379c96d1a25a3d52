import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { execa } from 'execa';
import { StackError } from './errors.ts';
import { root } from './paths.ts';
import { createVenv, findPython, isReady, samVenv } from './python.ts';
import { sam } from './sam.ts';
import { requireMake } from './tools.ts';

/** Both webhook functions reserve WebhookReservedConcurrency, whose default is 10. */
const RESERVED_BY_DEFAULT = 20;

/** Lambda keeps this many executions unreserved in every account (Developer Guide, "Reserved concurrency"). */
const KEPT_UNRESERVED = 100;

/**
 * Whether an account takes the template's default reservations; new accounts often have a limit of 10.
 *
 * @throws StackError with the parameter to pass when it does not.
 */
export function checkConcurrency(unreserved: number, args: readonly string[]): void {
  if (unreserved - RESERVED_BY_DEFAULT >= KEPT_UNRESERVED) return;
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

/** The SAM CLI of the project, on the user's own terminal, with the user's own AWS settings. */
const runSam = (args: readonly string[]): Promise<unknown> =>
  execa(sam, args, { cwd: root, stdio: 'inherit' }).catch((cause: unknown) => {
    throw new StackError(`sam ${args[0]} failed: its own message stands above.`, { cause });
  });

async function requireSam(): Promise<void> {
  await requireMake();
  if (await isReady(samVenv)) return;
  process.stderr.write(
    'Installing the SAM CLI for this project (first time only: about 340 MB)…\n',
  );
  await createVenv(samVenv, await findPython(), { onLine: () => undefined });
}

/** `sam build` with the locked SAM CLI. */
export async function build(args: readonly string[]): Promise<void> {
  await requireSam();
  await runSam(['build', ...args]);
}

/** `sam build`, then `sam deploy` to the account that the shell is signed in to. `args` go to `sam deploy`. */
export async function deploy(args: readonly string[]): Promise<void> {
  await requireSam();
  const unreserved = await readUnreservedConcurrency().catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StackError(
      `AWS did not answer: ${reason}. Sign in first, for example with aws sso login.`,
      { cause },
    );
  });
  checkConcurrency(unreserved, args);
  await runSam(['build']);
  await runSam(['deploy', ...args]);
}
