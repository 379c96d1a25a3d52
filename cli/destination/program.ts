import { type Command, InvalidArgumentError } from 'commander';
import type { CreateClients } from '../aws.ts';
import { toJson } from '../format.ts';
import {
  addJsonOption,
  addStackOptions,
  collectParameters,
  collectValues,
  type StackOptions,
} from '../options.ts';
import { createProgram, runProgram } from '../program.ts';
import type { Terminal } from '../terminal.ts';
import type { DeployOptions } from './deploy.ts';

export interface Dependencies extends Pick<Terminal, 'print' | 'log'> {
  readonly createClients: CreateClients;
}

const addOptions = (command: Command): Command => addJsonOption(addStackOptions(command));

function parseName(text: string): string {
  if (/^[a-z][a-z0-9-]{0,29}$/.test(text)) return text;
  throw new InvalidArgumentError(
    'Pass up to 30 lower-case letters, digits and hyphens, starting with a letter, such as slack.',
  );
}

interface Output {
  readonly json?: boolean;
}

type DeployArguments = Omit<DeployOptions, 'name' | 'values' | 'parameter'> & Output;

function addDeploy(program: Command, { createClients, print }: Dependencies): void {
  addOptions(program.command('deploy').description('create or update a destination'))
    .argument('<name>', 'name of the destination, such as slack', parseName)
    .requiredOption('--secret <name or ARN>', 'the Secrets Manager secret with the credentials')
    .option('--partner <name>', 'start from the values of destinations/partners.yaml')
    .option('--values <file>', 'parameter values in YAML (repeatable)', collectValues)
    .option('--parameter <Name=Value>', 'a parameter of http.yaml (repeatable)', collectParameters)
    .action(async (name: string, options: DeployArguments) => {
      const { deployDestination } = await import('./deploy.ts');
      const { stackName, result } = await deployDestination(await createClients(options), {
        values: [],
        parameter: {},
        ...options,
        name,
      });
      const text = `${stackName}: ${result}.`;
      print(options.json ? toJson('destination deploy', true, { stackName, result }) : text);
    });
}

function addRemove(program: Command, { createClients, print }: Dependencies): void {
  addOptions(program.command('remove').description('delete a destination; keep its secret'))
    .argument('<name>', 'name of the destination', parseName)
    .action(async (name: string, options: StackOptions & Output) => {
      const { removeDestination } = await import('./deploy.ts');
      await removeDestination(await createClients(options), { ...options, name });
      print(options.json ? toJson('destination remove', true, { name }) : `${name} is removed.`);
    });
}

function addSecret(program: Command, { createClients, print }: Dependencies): void {
  addOptions(program.command('secret').description('create a secret, or a new version of it'))
    .argument('<secret>', 'name of the secret')
    .requiredOption('--file <file>', 'JSON with the credentials, such as {"apiKey": "…"}')
    .action(async (secret: string, options: StackOptions & Output & { file: string }) => {
      const { writeSecret } = await import('./secret.ts');
      const { arn, versionId } = await writeSecret(
        await createClients(options),
        secret,
        options.file,
      );
      const text = `ARN: ${arn}\nVersion id: ${versionId}`;
      print(options.json ? toJson('destination secret', true, { arn, versionId }) : text);
    });
}

function addSend(program: Command, { createClients, print }: Dependencies): void {
  addOptions(program.command('send').description('put the event of a file on the bus'))
    .argument('<file>', 'an event, such as events/bus-order-placed.json')
    .action(async (file: string, options: StackOptions & Output) => {
      const { sendEvent } = await import('./send.ts');
      const id = await sendEvent(await createClients(options), options, file);
      print(options.json ? toJson('destination send', true, { id }) : `Event ${id} is on the bus.`);
    });
}

const EXAMPLES = `
Examples:
  npm run destination -- secret slack --file slack.json
  npm run destination -- deploy slack --partner slack --secret slack
  npm run destination -- send events/bus-order-placed.json --local`;

/** Runs one command line. @returns the exit code */
export async function main(args: readonly string[], dependencies: Dependencies): Promise<number> {
  const program = createProgram(
    'destination',
    'Sends events from the bus to any HTTP API (docs/api-destinations.md).',
    dependencies,
  );
  addDeploy(program, dependencies);
  addRemove(program, dependencies);
  addSecret(program, dependencies);
  addSend(program, dependencies);
  program.addHelpText('after', EXAMPLES);
  return runProgram(program, args, dependencies);
}
