import { Command, InvalidArgumentError, Option } from 'commander';
import { CliError } from '../errors.ts';
import { parseSince } from '../since.ts';
import {
  type DeliveriesOptions,
  listDeliveries,
  type RedeliverOptions,
  redeliver,
} from './commands.ts';

/** GitHub lets deliveries of the last three days be listed and redelivered ("Redelivering webhooks"). */
const DEFAULT_SINCE = '3d';

function toId(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError(
    "A webhook's id is a number: the last part of its address in GitHub's settings.",
  );
}

function requireGitHub(provider: string): string {
  if (provider === 'github') return provider;
  const remedy =
    provider === 'twilio'
      ? 'Twilio keeps no list to redeliver from; its retries are set by connection overrides (docs/webhooks.md).'
      : 'The provider is github.';
  throw new InvalidArgumentError(remedy);
}

const withOptions = (command: Command): Command =>
  command
    .argument('<provider>', 'github', requireGitHub)
    .option('--repo <owner/name>', "a repository's webhook")
    .option('--org <name>', "an organization's webhook")
    .option('--app', "a GitHub App's webhook (GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY)")
    .option('--hook <id>', 'which webhook, where there are several', toId)
    .addOption(
      new Option('--since <age or time>', 'how far back: 90m, 24h, 3d or an ISO 8601 time')
        .argParser((text: string) => parseSince(text))
        .default(parseSince(DEFAULT_SINCE), DEFAULT_SINCE),
    )
    .option('--json', 'one JSON document, for programs');

const program = new Command('npm run webhooks --')
  .description(
    "A provider's own record of what it delivered. GitHub never redelivers by itself: this does.",
  )
  .addHelpText(
    'after',
    '\nGITHUB_TOKEN: a token that may read webhooks, and write them to redeliver.\nGITHUB_API_URL: the API of a GitHub Enterprise Server.',
  );

withOptions(program.command('deliveries').description("a webhook's deliveries, one line an event"))
  .option('--failed', 'only events that no attempt delivered')
  .action((_: string, options: DeliveriesOptions) => listDeliveries(options));

withOptions(
  program
    .command('redeliver')
    .description('has the failed ones delivered again; a dry run unless --yes is given'),
)
  .option('--failed', 'only events that no attempt delivered (always so)')
  .option('--yes', 'redeliver')
  .action((_: string, options: RedeliverOptions) => redeliver(options));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CliError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
