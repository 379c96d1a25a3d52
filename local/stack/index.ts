import { Command, InvalidArgumentError } from 'commander';
import { readTemplate, valueProblems } from '../template/source.ts';
import { build } from './build.ts';
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
  throw new InvalidArgumentError('The port must be a whole number from 1 to 65535.');
}

function toParameters(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = /^([A-Za-z0-9]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('Write parameters as Name=Value.');
  const problems = valueProblems(readTemplate('template.yaml'), { [name]: value });
  if (problems.length > 0) throw new InvalidArgumentError(problems.join('\n'));
  return { ...before, [name]: value };
}

const withUpOptions = (command: Command): Command =>
  command
    .option('--port <number>', 'port of the AWS engine', toPort)
    .option(
      '--salesforce-secret <file>',
      "use a real org, with the Salesforce secret's JSON in this file",
    )
    .option(
      '--parameter <Name=Value>',
      'set a parameter of template.yaml (repeatable)',
      toParameters,
    );

const toUpOptions = ({ port, salesforceSecret, parameter = {} }: UpArguments) => ({
  ...(port === undefined ? {} : { port }),
  ...(salesforceSecret === undefined ? {} : { salesforceSecretFile: salesforceSecret }),
  parameters: parameter,
});

const interrupted = new AbortController();
process.on('SIGINT', () => interrupted.abort());
process.on('SIGTERM', () => interrupted.abort());

/** The npm script of each command, if it has another name. */
const scripts: Readonly<Record<string, string>> = { up: 'local:up', down: 'local:down' };

const program = new Command('stack')
  .description('Builds the stack and runs it on this machine.')
  .configureHelp({
    commandUsage: (command) =>
      `npm run ${scripts[command.name()] ?? command.name()} -- ${command.usage()}`,
  });

withUpOptions(
  program.command('up').description('start the stack in the background, or update the running one'),
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
  .description('stop the stack')
  .action(async () =>
    console.log((await down()) ? 'The stack is stopped.' : 'No stack is running.'),
  );

withUpOptions(
  program.command('start').description('start the stack and print its log lines, until Ctrl-C'),
)
  .option('--raw', 'print log lines as they are, those about batches and invocations too')
  .action(({ raw = false, ...args }: UpArguments & { readonly raw?: boolean }) =>
    start({ signal: interrupted.signal, raw, ...toUpOptions(args) }),
  );

program
  .command('build')
  .description('run sam build')
  .argument('[args...]', 'arguments for sam build')
  .allowUnknownOption()
  .action((args: string[]) => build(args));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof StackError) && !interrupted.signal.aborted) throw error;
  console.error(
    interrupted.signal.aborted
      ? 'Interrupted. Everything that was started is stopped.'
      : `\n${error instanceof Error ? error.message : error}`,
  );
  process.exitCode = 1;
}
