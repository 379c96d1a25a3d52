import { toJson } from '../format.ts';
import { addJsonOption, collectParameters, FOLDER } from '../options.ts';
import { createProgram, runProgram } from '../program.ts';
import type { Terminal } from '../terminal.ts';
import type { Dependencies, DeployOptions } from './options.ts';

const EXAMPLES = `
Examples:
  npm run deploy
  npm run deploy -- --env production --dry-run
  npm run deploy -- --env production --set MaxAttempts=5`;

const EXIT_CODES = `
Exit codes: 0 deployed, or nothing to do, 1 refused or failed, 2 wrong command line, file or account, 130 interrupted`;

/** Options of the SAM CLI that this command replaced, with what to use. */
const REPLACED: Readonly<Record<string, string>> = {
  '--guided': 'npm run deploy asks by itself when an environment has no file yet',
  '--parameter-overrides': 'use --set Name=Value, which also writes the file',
  '--stack-name': "use --env; the stack's name is in the environment's file",
  '--region': "use --env; the Region is in the environment's file",
  '--tags': "write them in the environment's file, under Tags",
};

const replacedOption = (args: readonly string[]): string | undefined =>
  args.map((arg) => arg.split('=')[0] ?? '').find((arg) => arg in REPLACED);

interface Arguments extends Partial<DeployOptions> {
  readonly folder: string;
  readonly json?: boolean;
}

/** Runs one command line. @returns the exit code */
export async function main(
  args: readonly string[],
  terminal: Pick<Terminal, 'print' | 'log'>,
  load: () => Promise<Omit<Dependencies, 'folder'>>,
): Promise<number> {
  const replaced = replacedOption(args);
  if (replaced !== undefined) {
    const message = `${replaced} is an option of the SAM CLI: ${REPLACED[replaced]}.`;
    if (args.includes('--json')) terminal.print(toJson('deploy', false, undefined, { message }));
    else terminal.log(message);
    return 2;
  }
  const program = createProgram(
    'deploy',
    'Deploys an environment: exactly what its file deploy/<name>.yaml says. Without a file, asks what is needed.',
    terminal,
  )
    .option('--env <name>', 'the environment (default: the only one that has a file)')
    .option('--set <Name=Value>', 'set a parameter in the file (repeatable)', collectParameters)
    .option('--dry-run', 'show the changes, deploy nothing')
    .option('--yes', 'do not ask; refuse if the stack differs from the file')
    .option('--replace', 'allow resources that hold data, or a URL, to be replaced')
    .option('--folder <folder>', 'the folder of the files', FOLDER)
    .addHelpText('after', `${EXAMPLES}\n${EXIT_CODES}`)
    .action(async ({ folder, json, set = {}, ...options }: Arguments) => {
      const { deploy } = await import('./deploy.ts');
      const dependencies = { ...(await load()), folder };
      const result = await deploy(
        { ...options, set },
        // The document is alone on standard output.
        json ? { ...dependencies, print: dependencies.log } : dependencies,
      );
      if (json) terminal.print(toJson('deploy', true, result));
    });
  return runProgram(addJsonOption(program), args, terminal);
}
