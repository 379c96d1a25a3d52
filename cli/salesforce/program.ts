import { type Command, InvalidArgumentError, Option } from 'commander';
import { addJsonOption, addStackOptions, collectValues } from '../options.ts';
import { createProgram, runProgram } from '../program.ts';
import {
  type CheckOptions,
  type Dependencies,
  runCheck,
  runKeys,
  runSecret,
  type SecretOptions,
} from './commands.ts';
import type { KeyOptions } from './keys.ts';
import { flows } from './settings.ts';

function parseDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3650) return days;
  throw new InvalidArgumentError('Pass a whole number of days from 1 to 3650.');
}

function parseName(text: string): string {
  if (/^[A-Za-z0-9][\w.-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError(
    'Pass up to 64 letters, digits, dots, hyphens and underscores, starting with a letter or digit.',
  );
}

function parseApiVersion(text: string): string {
  if (/^v\d{2,3}\.0$/.test(text)) return text;
  throw new InvalidArgumentError('Pass a version such as v68.0.');
}

const addLoginOptions = (command: Command): Command =>
  addStackOptions(command).addOption(
    new Option('--flow <flow>', "the OAuth flow (default: the stack's AuthFlow)").choices(flows),
  );

function addKeys(program: Command, dependencies: Dependencies): void {
  program
    .command('keys')
    .description('create an RSA key and a self-signed certificate; never overwrites a file')
    .option('--folder <folder>', 'where to write the files', '.local/keys')
    .option('--name <name>', 'name of the files and of the certificate', parseName, 'salesforce')
    .option('--days <days>', 'validity of the certificate', parseDays, 365)
    .action((options: KeyOptions) => runKeys(options, dependencies));
}

function addSecret(program: Command, dependencies: Dependencies): void {
  addLoginOptions(program.command('secret').description("write the stack's Salesforce secret"))
    .option('--server <url>', 'My Domain URL of the org')
    .option('--client-id <key>', "the app's consumer key")
    .option('--user <username>', 'the integration user (jwt)')
    .option('--key-file <file>', 'the private key in PEM (jwt)')
    .option('--passphrase-file <file>', "the key's passphrase, if it is encrypted")
    .option('--client-secret-file <file>', "the app's consumer secret (client_credentials)")
    .option('--file <file>', 'the complete secret as JSON, instead of the options above')
    .action((options: SecretOptions) => runSecret(options, dependencies));
}

function addCheck(program: Command, dependencies: Dependencies, onFailed: () => void): void {
  const command = addLoginOptions(
    program.command('check').description('log in and check everything requests need, step by step'),
  )
    .option('--secret-file <file>', "check this JSON instead of the stack's secret")
    .option('--certificate <file>', 'also check that this certificate belongs to the key')
    .option('--object <name>', 'an object to create and update (repeatable)', collectValues)
    .option('--audience <url>', "the JWT's audience (default: the stack's SalesforceAudience)")
    .option(
      '--api-version <version>',
      "REST API version (default: the stack's SalesforceApiVersion)",
      parseApiVersion,
    )
    .action(async (options: CheckOptions) => {
      if (!(await runCheck(options, dependencies))) onFailed();
    });
  addJsonOption(command);
}

/** Runs one command line. @returns the exit code: 0, or 1 for every failure */
export async function main(args: readonly string[], dependencies: Dependencies): Promise<number> {
  const program = createProgram(
    'salesforce',
    'Connects a stack to a Salesforce org.',
    dependencies,
  );
  let isFailed = false;
  addKeys(program, dependencies);
  addSecret(program, dependencies);
  addCheck(program, dependencies, () => {
    isFailed = true;
  });
  const exitCode = await runProgram(program, args, dependencies);
  return exitCode > 0 || isFailed ? 1 : 0;
}
