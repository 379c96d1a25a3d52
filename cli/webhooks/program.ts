import { type Command, InvalidArgumentError, Option } from 'commander';
import { addJsonOption, parsePastTime } from '../options.ts';
import { createProgram, runProgram } from '../program.ts';
import type { Terminal } from '../terminal.ts';
import type { DeliveriesOptions, RedeliverOptions } from './commands.ts';

/** GitHub lists and redelivers deliveries of the last three days ("Redelivering webhooks"). */
const DEFAULT_SINCE = '3d';

function parseHookId(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError(
    "Pass the webhook's id, a number: the last part of its address in GitHub's settings.",
  );
}

function requireGitHub(provider: string): string {
  if (provider === 'github') return provider;
  throw new InvalidArgumentError(
    provider === 'twilio'
      ? 'Twilio keeps no list of deliveries; connection overrides set its retries (docs/webhooks.md).'
      : 'The only supported provider is github.',
  );
}

const addHookOptions = (command: Command): Command =>
  addJsonOption(
    command
      .argument('<provider>', 'github', requireGitHub)
      .option('--repo <owner/name>', 'the webhook of a repository')
      .option('--org <name>', 'the webhook of an organization')
      .option('--app', 'the webhook of a GitHub App (GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY)')
      .option('--hook <id>', 'which webhook, if there are several', parseHookId)
      .addOption(
        new Option('--since <age or time>', 'how far back: 90m, 24h, 3d or an ISO 8601 time')
          .argParser((text: string) => parsePastTime(text))
          .default(parsePastTime(DEFAULT_SINCE), DEFAULT_SINCE),
      ),
  );

const HELP = `
Examples:
  npm run webhooks -- deliveries github --repo octo-org/octo-repo --failed
  npm run webhooks -- redeliver github --repo octo-org/octo-repo --since 24h --yes

GITHUB_TOKEN: a token that can read webhooks, and write them to redeliver.
GITHUB_API_URL: the API of a GitHub Enterprise Server.`;

/** Runs one command line. @returns the exit code */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = createProgram(
    'webhooks',
    "Lists a provider's own record of its deliveries, and redelivers those that failed. GitHub never retries by itself.",
    terminal,
  ).addHelpText('after', HELP);
  addHookOptions(program.command('deliveries').description("list a webhook's deliveries, by event"))
    .option('--failed', 'only events that no attempt delivered')
    .action(async (_: string, options: DeliveriesOptions) => {
      const { listDeliveries } = await import('./commands.ts');
      return listDeliveries(options, terminal);
    });
  addHookOptions(
    program
      .command('redeliver')
      .description('redeliver failed deliveries; a dry run unless --yes is passed'),
  )
    .option('--failed', 'only events that no attempt delivered (always so)')
    .option('--yes', 'redeliver')
    .action(async (_: string, options: RedeliverOptions) => {
      const { redeliver } = await import('./commands.ts');
      return redeliver(options, terminal);
    });
  return runProgram(program, args, terminal);
}
