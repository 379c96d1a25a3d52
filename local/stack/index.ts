import { Command, InvalidArgumentError } from 'commander';
import { build, deploy } from './aws-deploy.ts';
import { describeStack } from './describe.ts';
import { StackError } from './errors.ts';
import { start } from './start.ts';
import { down, up } from './up.ts';

interface UpArguments {
  readonly port?: number;
  readonly salesforceSecret?: string;
  readonly parameter?: Record<string, string>;
}

function toPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 1 to 65535.');
}

function toParameters(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = /^([A-Za-z0-9]+)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return { ...before, [name]: value };
  throw new InvalidArgumentError('A parameter is written Name=Value.');
}

const withUpOptions = (command: Command): Command =>
  command
    .option('--port <number>', 'the port for the AWS engine', toPort)
    .option('--salesforce-secret <file>', "use a real org: FILE holds the Salesforce secret's JSON")
    .option('--parameter <Name=Value>', 'a parameter of template.yaml (repeatable)', toParameters);

const toUpOptions = ({ port, salesforceSecret, parameter = {} }: UpArguments) => ({
  ...(port === undefined ? {} : { port }),
  ...(salesforceSecret === undefined ? {} : { salesforceSecretFile: salesforceSecret }),
  parameters: parameter,
});

const interrupted = new AbortController();
process.on('SIGINT', () => interrupted.abort());
process.on('SIGTERM', () => interrupted.abort());

/** Each command has an npm script of its own. */
const scripts: Readonly<Record<string, string>> = { up: 'local:up', down: 'local:down' };

const program = new Command('stack')
  .description('The whole stack on this machine, and the way to AWS.')
  .configureHelp({
    commandUsage: (command) =>
      `npm run ${scripts[command.name()] ?? command.name()} -- ${command.usage()}`,
  });

withUpOptions(
  program.command('up').description('brings the stack up in the background, or up to date'),
).action(async (args: UpArguments) => {
  const stack = await up({
    command: 'npm run local:up',
    signal: interrupted.signal,
    ...toUpOptions(args),
  });
  console.log(describeStack(stack));
});

program
  .command('down')
  .description('stops the stack')
  .action(async () => console.log((await down()) ? 'The stack is down.' : 'No stack was running.'));

withUpOptions(
  program.command('start').description('the stack with its log lines, until Ctrl-C'),
).action((args: UpArguments) => start({ signal: interrupted.signal, ...toUpOptions(args) }));

program
  .command('build')
  .description('sam build')
  .argument('[args...]', 'for sam build')
  .allowUnknownOption()
  .action(build);

program
  .command('deploy')
  .description('sam build, then sam deploy to the account the shell is signed in to')
  .argument('[args...]', 'for sam deploy')
  .allowUnknownOption()
  .helpOption(false)
  .action(deploy);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof StackError) && !interrupted.signal.aborted) throw error;
  console.error(
    interrupted.signal.aborted
      ? 'Interrupted: everything that was started is stopped.'
      : `\n${error instanceof Error ? error.message : error}`,
  );
  process.exitCode = 1;
}
