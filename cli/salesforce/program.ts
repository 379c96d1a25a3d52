import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../format.ts';
import { addJsonOption, addStackOptions, collectValues } from '../options.ts';
import { createProgram, runProgram } from '../program.ts';
import type { CheckOptions, Dependencies, SecretOptions } from './commands.ts';
import type { EventIdFieldOptions } from './event-id-field/command.ts';
import { DEFAULT_FIELD } from './event-id-field/field.ts';
import type { KeyOptions } from './keys.ts';
import type { PauseOptions } from './pause.ts';
import { type EventIdField, flows, parseEventIdField } from './settings.ts';

function parseDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3650) return days;
  throw new InvalidArgumentError('Pass a whole number of days from 1 to 3650.');
}

function parseFor(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new InvalidArgumentError('Pass a duration such as 90m, 24h or 3d.');
}

function parseReason(text: string): string {
  if (/^\P{Cc}{1,200}$/u.test(text)) return text;
  throw new InvalidArgumentError('Pass up to 200 characters, on one line.');
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

function collectEventIdFields(
  text: string,
  before: readonly EventIdField[] = [],
): readonly EventIdField[] {
  const pair = parseEventIdField(text);
  if (pair !== undefined) return [...before, pair];
  throw new InvalidArgumentError('Pass an object and its field, such as Case:Event_Id__c.');
}

/** Event ids are for objects whose records are created through `sobjects`, and Activity has none of its own. */
function collectObjects(text: string, before: readonly string[] = []): readonly string[] {
  if (!/^[A-Za-z]\w{0,79}$/.test(text))
    throw new InvalidArgumentError('Pass API names, such as Case or Order__c.');
  if (/__(?:e|mdt|x|b)$/i.test(text))
    throw new InvalidArgumentError('Only records of standard and custom objects have event ids.');
  if (text.toLowerCase() === 'activity')
    throw new InvalidArgumentError('Pass Task or Event: the field becomes one of Activity.');
  const isKnown = before.some((object) => object.toLowerCase() === text.toLowerCase());
  return isKnown ? before : [...before, text];
}

/** "Metadata API Developer Guide", CustomField: up to 40 characters, no two underscores in a row, none at the end. */
function parseField(text: string): string {
  if (/^[A-Za-z](?:_?[A-Za-z0-9]){0,39}__c$/.test(text) && text.length <= 43) return text;
  throw new InvalidArgumentError(
    'Pass the API name of a custom field, up to 40 letters, digits and single underscores before __c, such as Event_Id__c.',
  );
}

const EVENT_ID_FIELD_HELP = `
Examples:
  npm run salesforce -- event-id-field Case Contact --target-org admin
  printf '%s\\n' "$TOKEN" "$INSTANCE_URL" | npm run salesforce -- event-id-field Case --token-stdin
  npm run salesforce -- event-id-field Case Task --print --folder ../our-org
  npm run salesforce -- event-id-field Case --local

The session must be an administrator's, never the integration user's. It comes from the Salesforce CLI
(sf org display --json), with --token-stdin from standard input (the access token and the instance URL,
on two lines or as JSON with accessToken and instanceUrl), with --local alone from the simulator.
What exists is left as it is, so the command can be repeated. Then set the parameter that it prints.`;

const PAUSE_HELP = `
Examples:
  npm run salesforce -- pause --for 2h --reason 'release of the org'
  npm run salesforce -- resume

Nothing is lost: requests wait in ApiCallQueue, and no attempt is counted. Callers over HTTP get NOT_NOW.
Without --for, the pause ends in time for the oldest of the waiting requests: RetentionMarginHours before
the end of the queue's retention. Repeat the command to change the end or the reason. A deployment does
not end a pause. The permissions are in docs/policies/operator.json.`;

const addLoginOptions = (command: Command): Command =>
  addStackOptions(command).addOption(
    new Option('--flow <flow>', "the OAuth flow (default: the stack's AuthFlow)").choices(flows),
  );

function addKeys(program: Command, dependencies: Dependencies): void {
  addJsonOption(program.command('keys'))
    .description('create an RSA key and a self-signed certificate; never overwrites a file')
    .option('--folder <folder>', 'where to write the files', '.local/keys')
    .option('--name <name>', 'name of the files and of the certificate', parseName, 'salesforce')
    .option('--days <days>', 'validity of the certificate', parseDays, 365)
    .action(async (options: KeyOptions) => {
      const { runKeys } = await import('./commands.ts');
      return runKeys(options, dependencies);
    });
}

function addSecret(program: Command, dependencies: Dependencies): void {
  addJsonOption(addLoginOptions(program.command('secret')))
    .description("write the stack's Salesforce secret")
    .option('--server <url>', 'My Domain URL of the org')
    .option('--client-id <key>', "the app's consumer key")
    .option('--user <username>', 'the integration user (jwt)')
    .option('--key-file <file>', 'the private key in PEM (jwt)')
    .option('--passphrase-file <file>', "the key's passphrase, if it is encrypted")
    .option('--client-secret-file <file>', "the app's consumer secret (client_credentials)")
    .option('--file <file>', 'the complete secret as JSON, instead of the options above')
    .action(async (options: SecretOptions) => {
      const { runSecret } = await import('./commands.ts');
      return runSecret(options, dependencies);
    });
}

function addCheck(program: Command, dependencies: Dependencies, onFailed: () => void): void {
  const command = addLoginOptions(
    program.command('check').description('log in and check everything requests need, step by step'),
  )
    .option('--secret-file <file>', "check this JSON instead of the stack's secret")
    .option('--certificate <file>', 'also check that this certificate belongs to the key')
    .option('--object <name>', 'an object to create and update (repeatable)', collectValues)
    .option(
      '--event-id-field <object:field>',
      "an object and its event id field (repeatable; default: the stack's EventIdFields)",
      collectEventIdFields,
    )
    .option('--audience <url>', "the JWT's audience (default: the stack's SalesforceAudience)")
    .option(
      '--api-version <version>',
      "REST API version (default: the stack's SalesforceApiVersion)",
      parseApiVersion,
    )
    .action(async (options: CheckOptions) => {
      const { runCheck } = await import('./commands.ts');
      if (!(await runCheck(options, dependencies))) onFailed();
    });
  addJsonOption(command);
}

function addEventIdField(program: Command, dependencies: Dependencies, onFailed: () => void): void {
  const command = addStackOptions(program.command('event-id-field'))
    .description('make the field that lets Salesforce recognize repeated events, and grant it')
    .argument('<object...>', 'objects that get the field, such as Case', collectObjects)
    .option('--field <name>', 'API name of the field', parseField, DEFAULT_FIELD)
    .option('--user <username>', "the integration user (default: the stack's secret names it)")
    .option('--target-org <org>', "alias or username of an administrator in sf (default: sf's)")
    .addOption(
      new Option(
        '--token-stdin',
        'read the access token and instance URL from standard input',
      ).conflicts('targetOrg'),
    )
    .addOption(
      new Option('--print', 'write metadata to deploy with sf, and change no org').conflicts([
        'targetOrg',
        'tokenStdin',
        'local',
      ]),
    )
    .option('--folder <folder>', 'where --print writes the project', '.local/event-id-field')
    .option(
      '--api-version <version>',
      "REST API version (default: the stack's SalesforceApiVersion)",
      parseApiVersion,
    )
    .addHelpText('after', EVENT_ID_FIELD_HELP)
    .action(async (objects: readonly string[], options: EventIdFieldOptions) => {
      const { runEventIdField } = await import('./event-id-field/command.ts');
      if (!(await runEventIdField(objects, options, dependencies))) onFailed();
    });
  addJsonOption(command);
}

function addPause(program: Command, dependencies: Dependencies): void {
  const pause = addStackOptions(program.command('pause'))
    .description('stop calling Salesforce: requests wait, without an attempt')
    .option('--for <duration>', 'when it ends by itself, such as 90m, 24h or 3d', parseFor)
    .option('--reason <text>', 'what npm run doctor shows to others', parseReason)
    .addHelpText('after', PAUSE_HELP)
    .action(async (options: PauseOptions) => {
      const { runPause } = await import('./pause.ts');
      return runPause(options, dependencies);
    });
  const resume = addStackOptions(program.command('resume'))
    .description('end a pause now, and start the poller')
    .action(async (options: PauseOptions) => {
      const { runResume } = await import('./pause.ts');
      return runResume(options, dependencies);
    });
  for (const command of [pause, resume]) addJsonOption(command);
}

const EXAMPLES = `
Examples:
  npm run salesforce -- keys
  npm run salesforce -- secret --key-file .local/keys/salesforce.key
  npm run salesforce -- check --object Case`;

/** Runs one command line. @returns the exit code */
export async function main(args: readonly string[], dependencies: Dependencies): Promise<number> {
  const program = createProgram(
    'salesforce',
    'Connects a stack to a Salesforce org, and pauses it.',
    dependencies,
  );
  let isFailed = false;
  const onFailed = (): void => {
    isFailed = true;
  };
  addKeys(program, dependencies);
  addSecret(program, dependencies);
  addEventIdField(program, dependencies, onFailed);
  addCheck(program, dependencies, onFailed);
  addPause(program, dependencies);
  program.addHelpText('after', EXAMPLES);
  const exitCode = await runProgram(program, args, dependencies);
  return exitCode || Number(isFailed);
}
