import { type Command, InvalidArgumentError } from 'commander';
import { InterruptedError, toSentences, UsageError } from '../../cli/errors.ts';
import { toJson } from '../../cli/format.ts';
import { addJsonOption, collectParameters } from '../../cli/options.ts';
import { createProgram, runProgram } from '../../cli/program.ts';
import type { Terminal } from '../../cli/terminal.ts';

interface Dependencies extends Pick<Terminal, 'print' | 'log'> {
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

interface UpArguments {
  readonly port?: number;
  readonly salesforceSecret?: string;
  readonly parameter?: Readonly<Record<string, string>>;
  readonly json?: boolean;
  /** Log lines as they are. */
  readonly raw?: boolean;
}

function toPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('The port must be a whole number from 1 to 65535.');
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
      collectParameters,
    );

/** @throws UsageError naming every parameter that the template does not have, and every value that it does not allow. */
async function toUpOptions({ port, salesforceSecret, parameter = {} }: UpArguments) {
  const { readTemplate, valueProblems } = await import('../template/source.ts');
  const problems = valueProblems(readTemplate('template.yaml'), parameter);
  if (problems.length > 0) throw new UsageError(toSentences(problems));
  return {
    ...(port === undefined ? {} : { port }),
    ...(salesforceSecret === undefined ? {} : { salesforceSecretFile: salesforceSecret }),
    parameters: parameter,
  };
}

/** Whatever fails after Ctrl-C fails because of it. */
const unlessInterrupted = ({ signal }: Dependencies) => {
  return (error: unknown): never => {
    if (!signal.aborted) throw error;
    throw new InterruptedError('Interrupted. Everything that was started is stopped.', {
      cause: error,
    });
  };
};

async function runUp(options: UpArguments, dependencies: Dependencies): Promise<void> {
  const { print, signal } = dependencies;
  const given = await toUpOptions(options);
  const { up } = await import('./up.ts');
  const { describeStack, nextSteps } = await import('./describe.ts');
  const command = 'npm run local:up';
  const stack = await up({
    command,
    signal,
    ...given,
    ...(options.json && { silent: true }),
  }).catch(unlessInterrupted(dependencies));
  const { secrets: _, ...shown } = stack;
  const text = `${describeStack(stack)}\n${nextSteps(stack.console)}`;
  print(options.json ? toJson('local:up', true, shown) : text);
}

async function runDown({ json }: UpArguments, { print }: Dependencies): Promise<void> {
  const { down } = await import('./up.ts');
  const stopped = await down();
  const text = stopped ? 'The stack is stopped.' : 'No stack is running.';
  print(json ? toJson('local:down', true, { stopped }) : text);
}

async function runStart(options: UpArguments, dependencies: Dependencies): Promise<void> {
  const given = await toUpOptions(options);
  const { start } = await import('./start.ts');
  const { raw = false } = options;
  await start({ signal: dependencies.signal, raw, ...given }).catch(
    unlessInterrupted(dependencies),
  );
}

const UP_EXAMPLES = (script: string): string => `
Examples:
  npm run ${script}
  npm run ${script} -- --parameter Mappings=github-issue-to-case
  npm run ${script} -- --salesforce-secret .local/org.json`;

/** The programs, by the word that package.json passes. */
const programs: Readonly<Record<string, (dependencies: Dependencies) => Command>> = {
  start: (dependencies) =>
    withUpOptions(
      createProgram(
        'start',
        'Starts the stack and prints its log lines, until Ctrl-C.',
        dependencies,
      ),
    )
      .option('--raw', 'print log lines as they are, those about batches and invocations too')
      .addHelpText('after', UP_EXAMPLES('start'))
      .action((options: UpArguments) => runStart(options, dependencies)),
  up: (dependencies) =>
    addJsonOption(
      withUpOptions(
        createProgram(
          'local:up',
          'Starts the stack in the background, or updates the running one.',
          dependencies,
        ),
      ),
    )
      .addHelpText('after', UP_EXAMPLES('local:up'))
      .action((options: UpArguments) => runUp(options, dependencies)),
  down: (dependencies) =>
    addJsonOption(createProgram('local:down', 'Stops the stack.', dependencies))
      .addHelpText('after', '\nExamples:\n  npm run local:down')
      .action((options: UpArguments) => runDown(options, dependencies)),
  build: (dependencies) =>
    createProgram('build', 'Runs sam build.', dependencies)
      .argument('[args...]', 'arguments for sam build')
      .allowUnknownOption()
      .addHelpText(
        'after',
        '\nExamples:\n  npm run build\n  npm run build -- GitHubWebhookFunction',
      )
      .action(async (args: string[]) => (await import('./build.ts')).build(args)),
};

/**
 * Runs one command line.
 *
 * @param args the program's word, then what the user typed.
 * @returns the exit code
 */
export async function main(
  [word = '', ...args]: readonly string[],
  dependencies: Dependencies,
): Promise<number> {
  const program = programs[word]?.(dependencies);
  if (program !== undefined) return runProgram(program, args, dependencies);
  throw new Error(`there is no program ${word}`);
}
