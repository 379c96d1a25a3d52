import { InvalidArgumentError } from 'commander';
import { readTemplate } from '../../local/template/source.ts';
import type { Values } from '../environment/file.ts';
import { createProgram, runProgram } from '../program.ts';
import { deploy } from './deploy.ts';
import type { Dependencies, DeployOptions } from './options.ts';
import { valueProblemsOf } from './parameters.ts';

function collectValues(text: string, before: Values = {}): Values {
  const [, name, value] = /^([A-Za-z][A-Za-z0-9]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('Pass a parameter as Name=Value.');
  const problems = valueProblemsOf(readTemplate('template.yaml'), { [name]: value });
  if (problems.length > 0) throw new InvalidArgumentError(problems.join('\n'));
  return { ...before, [name]: value };
}

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

/** Runs one command line. @returns the exit code */
export async function main(args: readonly string[], dependencies: Dependencies): Promise<number> {
  const replaced = replacedOption(args);
  if (replaced !== undefined) {
    dependencies.log(`${replaced} is an option of the SAM CLI: ${REPLACED[replaced]}.`);
    return 2;
  }
  const program = createProgram(
    'deploy',
    'Deploys an environment: exactly what its file deploy/<name>.yaml says. Without a file, asks what is needed.',
    dependencies,
  )
    .option('--env <name>', 'the environment (default: the only one that has a file)')
    .option('--set <Name=Value>', 'set a parameter in the file (repeatable)', collectValues)
    .option('--dry-run', 'show the changes, deploy nothing')
    .option('--yes', 'do not ask; refuse if the stack differs from the file')
    .option('--replace', 'allow resources that hold data, or a URL, to be replaced')
    .option('--folder <folder>', 'the folder of the files (default: deploy)')
    .addHelpText('after', EXIT_CODES)
    .action(
      async ({
        folder = dependencies.folder,
        set = {},
        ...options
      }: Partial<DeployOptions> & { folder?: string }) =>
        deploy({ ...options, set }, { ...dependencies, folder }),
    );
  return runProgram(program, args, dependencies);
}
