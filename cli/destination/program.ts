import { Command, InvalidArgumentError } from 'commander';
import { StackError } from '../../local/stack/errors.ts';
import { CliError } from '../errors.ts';
import { type StackChoice, withStack } from '../stack.ts';
import type { Aws } from './aws.ts';
import { type DeployOptions, deployDestination, removeDestination } from './deploy.ts';
import { writeSecret } from './secret.ts';
import { sendEvent } from './send.ts';
import type { Values } from './values.ts';

/** The world around the commands. */
export interface World {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  readonly connect: (choice: StackChoice) => Promise<Aws>;
}

function toName(text: string): string {
  if (/^[a-z][a-z0-9-]{0,29}$/.test(text)) return text;
  throw new InvalidArgumentError(
    'A name is up to 30 small letters, digits and hyphens, such as slack.',
  );
}

function toParameters(text: string, before: Values = {}): Values {
  const [, name, value] = /^([A-Za-z][A-Za-z0-9]*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return { ...before, [name]: value };
  throw new InvalidArgumentError('A parameter is written Name=Value.');
}

const collect = (text: string, before: readonly string[] = []): string[] => [...before, text];

type DeployArguments = Omit<DeployOptions, 'name' | 'values' | 'parameter'>;

function addDeploy(program: Command, { print, connect }: World): void {
  withStack(program.command('deploy').description('makes a destination, or brings it up to date'))
    .argument('<name>', 'what the destination is called, such as slack', toName)
    .requiredOption('--secret <name or ARN>', 'the Secrets Manager secret with the credentials')
    .option('--partner <name>', 'start from the values of destinations/partners.yaml')
    .option('--values <file>', 'parameter values in YAML (repeatable)', collect)
    .option('--parameter <Name=Value>', 'one parameter of http.yaml (repeatable)', toParameters)
    .action(async (name: string, args: DeployArguments) => {
      const { stackName, deployed } = await deployDestination(await connect(args), {
        values: [],
        parameter: {},
        ...args,
        name,
      });
      print(`${stackName}: ${deployed}.`);
    });
}

function addRemove(program: Command, { print, connect }: World): void {
  withStack(program.command('remove').description('deletes a destination; its secret stays'))
    .argument('<name>', 'what the destination is called', toName)
    .action(async (name: string, args: StackChoice) => {
      await removeDestination(await connect(args), { ...args, name });
      print(`${name} is removed.`);
    });
}

function addSecret(program: Command, { print, connect }: World): void {
  withStack(program.command('secret').description('makes a secret, or a new version of it'))
    .argument('<secret>', 'the name of the secret')
    .requiredOption('--file <file>', 'JSON with the credentials, such as {"apiKey": "…"}')
    .action(async (secret: string, args: StackChoice & { file: string }) => {
      const { arn, versionId } = await writeSecret(await connect(args), secret, args.file);
      print(`ARN: ${arn}\nVersion id: ${versionId}`);
    });
}

function addSend(program: Command, { print, connect }: World): void {
  withStack(program.command('send').description('puts an event on the bus, as a file says it'))
    .argument('<file>', 'an event, such as events/bus-order-placed.json')
    .action(async (file: string, args: StackChoice) => {
      print(`Event ${await sendEvent(await connect(args), args, file)} is on the bus.`);
    });
}

/** Runs one command line; answers the exit code. */
export async function main(args: readonly string[], world: World): Promise<number> {
  const program = new Command('npm run destination --').description(
    'Sends events of the bus to any HTTP API (docs/api-destinations.md).',
  );
  addDeploy(program, world);
  addRemove(program, world);
  addSecret(program, world);
  addSend(program, world);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (!(error instanceof CliError) && !(error instanceof StackError)) throw error;
    world.complain(error.message);
    return error instanceof CliError ? error.exitCode : 1;
  }
}
