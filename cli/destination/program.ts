import { type Command, InvalidArgumentError } from 'commander';
import type { CreateClients } from '../aws.ts';
import { addStackOptions, collectValues, type StackOptions } from '../options.ts';
import { createProgram, runProgram } from '../program.ts';
import type { Terminal } from '../terminal.ts';
import { type DeployOptions, deployDestination, removeDestination } from './deploy.ts';
import type { ParameterValues } from './parameters.ts';
import { writeSecret } from './secret.ts';
import { sendEvent } from './send.ts';

export interface Dependencies extends Pick<Terminal, 'print' | 'log'> {
  readonly createClients: CreateClients;
}

function parseName(text: string): string {
  if (/^[a-z][a-z0-9-]{0,29}$/.test(text)) return text;
  throw new InvalidArgumentError(
    'Pass up to 30 lower-case letters, digits and hyphens, starting with a letter, such as slack.',
  );
}

function collectParameters(text: string, before: ParameterValues = {}): ParameterValues {
  const [, name, value] = /^([A-Za-z][A-Za-z0-9]*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return { ...before, [name]: value };
  throw new InvalidArgumentError('Pass a parameter as Name=Value.');
}

type DeployArguments = Omit<DeployOptions, 'name' | 'values' | 'parameter'>;

function addDeploy(program: Command, { createClients, print }: Dependencies): void {
  addStackOptions(program.command('deploy').description('create or update a destination'))
    .argument('<name>', 'name of the destination, such as slack', parseName)
    .requiredOption('--secret <name or ARN>', 'the Secrets Manager secret with the credentials')
    .option('--partner <name>', 'start from the values of destinations/partners.yaml')
    .option('--values <file>', 'parameter values in YAML (repeatable)', collectValues)
    .option('--parameter <Name=Value>', 'a parameter of http.yaml (repeatable)', collectParameters)
    .action(async (name: string, options: DeployArguments) => {
      const { stackName, result } = await deployDestination(await createClients(options), {
        values: [],
        parameter: {},
        ...options,
        name,
      });
      print(`${stackName}: ${result}.`);
    });
}

function addRemove(program: Command, { createClients, print }: Dependencies): void {
  addStackOptions(program.command('remove').description('delete a destination; keep its secret'))
    .argument('<name>', 'name of the destination', parseName)
    .action(async (name: string, options: StackOptions) => {
      await removeDestination(await createClients(options), { ...options, name });
      print(`${name} is removed.`);
    });
}

function addSecret(program: Command, { createClients, print }: Dependencies): void {
  addStackOptions(program.command('secret').description('create a secret, or a new version of it'))
    .argument('<secret>', 'name of the secret')
    .requiredOption('--file <file>', 'JSON with the credentials, such as {"apiKey": "…"}')
    .action(async (secret: string, options: StackOptions & { file: string }) => {
      const { arn, versionId } = await writeSecret(
        await createClients(options),
        secret,
        options.file,
      );
      print(`ARN: ${arn}\nVersion id: ${versionId}`);
    });
}

function addSend(program: Command, { createClients, print }: Dependencies): void {
  addStackOptions(program.command('send').description('put the event of a file on the bus'))
    .argument('<file>', 'an event, such as events/bus-order-placed.json')
    .action(async (file: string, options: StackOptions) => {
      const id = await sendEvent(await createClients(options), options, file);
      print(`Event ${id} is on the bus.`);
    });
}

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
  return runProgram(program, args, dependencies, 1);
}
