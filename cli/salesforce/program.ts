import { Command, InvalidArgumentError, Option } from 'commander';
import { SalesforceConfigurationError } from '../../functions/salesforce-apicall/errors.ts';
import { StackError } from '../../local/stack/errors.ts';
import { CliError } from '../errors.ts';
import { withStack } from '../stack.ts';
import type { KeyOptions } from './keys.ts';
import { type CheckArguments, runCheck, runKeys, runSecret, type SecretArguments } from './run.ts';
import { flows } from './settings.ts';
import type { World } from './world.ts';

function toDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3650) return days;
  throw new InvalidArgumentError('Days are a whole number from 1 to 3650.');
}

function toName(text: string): string {
  if (/^[A-Za-z0-9][\w.-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError('A name has letters, digits, dots, dashes and underscores.');
}

function toApiVersion(text: string): string {
  if (/^v\d{2,3}\.0$/.test(text)) return text;
  throw new InvalidArgumentError('A version is written like v68.0.');
}

const collect = (text: string, before: readonly string[] = []): string[] => [...before, text];

const withLogin = (command: Command): Command =>
  withStack(command).addOption(
    new Option('--flow <flow>', "how to log in (default: the stack's AuthFlow)").choices(flows),
  );

function addKeys(program: Command, world: World): void {
  program
    .command('keys')
    .description('makes an RSA key and a self-signed certificate; never overwrites a file')
    .option('--folder <folder>', 'where the files go', '.local/keys')
    .option('--name <name>', "the files' and the certificate's name", toName, 'salesforce')
    .option('--days <days>', 'how long the certificate is valid', toDays, 365)
    .action((args: KeyOptions) => runKeys(args, world));
}

function addSecret(program: Command, world: World): void {
  withLogin(program.command('secret').description("writes the stack's Salesforce secret"))
    .option('--server <url>', 'My Domain URL of the org')
    .option('--client-id <key>', "the app's consumer key")
    .option('--user <username>', 'the integration user (jwt)')
    .option('--key-file <file>', 'the private key in PEM (jwt)')
    .option('--passphrase-file <file>', "the key's passphrase, where it is encrypted")
    .option('--client-secret-file <file>', "the app's consumer secret (client_credentials)")
    .option('--file <file>', "the whole secret's JSON instead of all these")
    .action((args: SecretArguments) => runSecret(args, world));
}

function addCheck(program: Command, world: World, fail: () => void): void {
  withLogin(
    program.command('check').description('logs in and looks whether all is there, step by step'),
  )
    .option('--secret-file <file>', "check this JSON instead of the stack's secret")
    .option('--certificate <file>', 'the certificate that Salesforce has: does it fit the key?')
    .option('--object <name>', 'an object to be created and updated (repeatable)', collect)
    .option('--audience <url>', "the JWT's audience (default: the stack's SalesforceAudience)")
    .option('--api-version <version>', "(default: the stack's SalesforceApiVersion)", toApiVersion)
    .option('--json', 'one JSON document, for programs')
    .action(async (args: CheckArguments) => {
      if (!(await runCheck(args, world))) fail();
    });
}

const isExpected = (error: unknown): error is Error =>
  error instanceof CliError ||
  error instanceof StackError ||
  error instanceof SalesforceConfigurationError;

/** Runs one command line; answers the exit code. */
export async function main(args: readonly string[], world: World): Promise<number> {
  const program = new Command('npm run salesforce --').description(
    'From a new org to a working secret.',
  );
  let exitCode = 0;
  addKeys(program, world);
  addSecret(program, world);
  addCheck(program, world, () => {
    exitCode = 1;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!isExpected(error)) throw error;
    world.complain(error.message);
    return 1;
  }
  return exitCode;
}
